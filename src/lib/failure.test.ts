import { describe, expect, test } from 'vitest';
import { asFailure, COMMON_ERRORS, type ErrorTable, type Explanation, errorsOf } from './failure.ts';

const modules = import.meta.glob<Record<string, unknown>>(['/src/**/errors.ts', '/cli/errors.ts'], {
  eager: true,
});
/** Every layer's own table, by the name of its export. */
const tables = new Map<string, ErrorTable>([['COMMON_ERRORS', COMMON_ERRORS]]);
let engine: ErrorTable = {};
for (const module of Object.values(modules))
  for (const [name, value] of Object.entries(module)) {
    if (name === 'ENGINE_ERRORS') engine = value as ErrorTable;
    // The page's is made of the others too.
    else if (name.endsWith('_ERRORS') && name !== 'PAGE_ERRORS') tables.set(name, value as ErrorTable);
  }
const all = [...tables].flatMap(([name, table]) =>
  Object.entries(table).map(([code, explain]) => [code, explain, name] as const),
);

/** Stands for parameters of any kind: a text, a number, a list, an object of such. */
const anything: unknown = new Proxy(() => '', {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 'something' : anything),
  apply: () => anything,
});

describe('the tables of all layers', () => {
  test('are found, one a module', () => {
    expect(tables.size).toBe(Object.keys(modules).length + 1);
    expect(all.length).toBeGreaterThan(90);
  });

  test('have no code twice, and codes are area/what', () => {
    const codes = all.map(([code]) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
    for (const code of codes) expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
  });

  test.each(all)('%s says what happened and what to do', (_, explain) => {
    const { what, todo } = explain(anything as never) satisfies Explanation;
    for (const text of [what, todo]) expect(String(text).trim()).not.toBe('');
  });

  test('of the engine are joined in one, for its users', () => {
    for (const [path, module] of Object.entries(modules))
      for (const [name, table] of Object.entries(module))
        if (path.startsWith('/src/engine/') && name.endsWith('_ERRORS'))
          expect(engine, name).toMatchObject(table as ErrorTable);
  });
});

test('an error has its code, its texts filled in, and its cause', () => {
  const { failure, isFailure } = errorsOf({
    'a/b': (p: { name: string }) => ({ what: `${p.name} failed.`, todo: 'Stop.' }),
    'a/c': () => ({ what: 'It failed.', todo: 'Stop.' }),
  });
  const cause = new Error('why');
  const first = failure('a/b', { name: 'It' }, { cause });
  expect(first).toMatchObject({ code: 'a/b', message: 'It failed.', todo: 'Stop.', cause });
  expect(first.params).toEqual({ name: 'It' });
  expect(failure('a/c', { cause })).toMatchObject({ code: 'a/c', message: 'It failed.', cause });
  expect(isFailure(first, 'a/b')).toBe(true);
  expect(isFailure(first, 'a/c')).toBe(false);
  expect(isFailure(cause, 'a/b')).toBe(false);
  // @ts-expect-error: there is no such code
  expect(() => failure('a/d')).toThrow();
  // @ts-expect-error: parameters of another error
  expect(failure('a/b', { label: 'It' }).message).toContain('undefined');
});

test('anything thrown becomes an error: an abort a cancelled run, the rest unexpected', () => {
  const { failure } = errorsOf({});
  const cancelled = failure('run/cancelled');
  expect(asFailure(cancelled)).toBe(cancelled);
  expect(asFailure(new DOMException('x', 'AbortError')).code).toBe('run/cancelled');
  expect(asFailure('x')).toMatchObject({ code: 'internal/unexpected', cause: 'x' });
});
