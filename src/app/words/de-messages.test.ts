import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../engine/backend/report.ts';
import { describeFile } from '../../engine/model/describe.ts';
import { parseManifest } from '../../engine/model/manifest.ts';
import { NOTES } from '../../engine/session/notes.ts';
import type { Architecture } from '../../engine/weights/types.ts';
import type { Explanation, UnpromptedError } from '../../lib/failure.ts';
import { inWords } from '../../lib/phrases.ts';
import { germanMessages } from './de-messages.ts';
import { asFailure, failure, PAGE_ERRORS } from './errors.ts';
import { formatsOf } from './format.ts';

const explain = ({ code, params }: UnpromptedError): Explanation =>
  (german.errors as Record<string, (params: object) => Explanation>)[code]!(params);
const german = germanMessages({ formats: formatsOf('de'), say: inWords, explain });

/** Stands for parameters of any kind: a text, a number, a list, an object of such. */
const anything: unknown = new Proxy(() => '', {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 'something' : anything),
  apply: () => anything,
});

// That none is missing is checked by the type of `Messages`.
describe('everything that crosses as data has German words of its own', () => {
  const english = PAGE_ERRORS as Record<string, (params: never) => Explanation>;
  test.each(Object.entries(german.errors))('%s', (code, say) => {
    const { what, todo } = (say as (params: never) => Explanation)(anything as never);
    const original = english[code]!(anything as never);
    for (const text of [what, todo]) {
      expect(text.trim()).not.toBe('');
      // Quotation marks stand in pairs, as German has them.
      expect(text.replace(/„[^„“]*“/g, '')).not.toMatch(/[„“”"’']/);
    }
    expect(what).not.toBe(original.what);
    expect(todo).not.toBe(original.todo);
  });

  test('notes and reasons', () => {
    const said = (table: object) =>
      Object.values(table).map((text: string | ((params: unknown) => string)) =>
        typeof text === 'string' ? text : text(anything),
      );
    const english = new Set([...said(NOTES), ...said(REASONS)]);
    for (const text of [...said(german.notes), ...said(german.reasons)]) {
      expect(text).toMatch(/\.$/);
      expect(english).not.toContain(text);
    }
  });
});

test('errors are put together from their parts', () => {
  expect(explain(failure('video/empty', { is: 'folder' })).what).toBe('Der Ordner ist leer.');
  expect(explain(failure('png/damaged', { name: 'a.png', detail: { code: 'cut' } })).what).toBe(
    'Die Datei a.png ist beschädigt: Sie endet zu früh.',
  );
  const failed = [{ name: 'a.mp4', error: failure('video/empty', { name: 'a.mp4' }) }];
  expect(explain(failure('queue/not-all', { done: 1, total: 2, failed })).what).toBe(
    '1 von 2 Clips wurden exportiert. a.mp4: a.mp4 ist leer.',
  );
  const bug = asFailure(new TypeError('x is undefined'));
  expect(explain(bug).what).toMatch(/: x is undefined$/);
});

test('notes and reasons say their figures, and what was said elsewhere', () => {
  const lost = { code: 'run/frames-lost', params: { frames: 3, first: 7 } } as const;
  expect(inWords(german.notes, lost)).toMatch(/^3 Einzelbilder, ab 7, /);
  const chosen = { code: 'cpu-chosen', params: { threads: 1 } } as const;
  expect(inWords(german.reasons, chosen)).toBe('Die CPU wurde gewählt (ein Thread).');
  expect(inWords(german.notes, { says: 'It was odd.' })).toBe('It was odd.');
});

test('every model that comes with the page has German texts, and so has a file of a user’s own', async () => {
  const manifest = new URL('../../../public/models/manifest.json', import.meta.url);
  for (const entry of parseManifest(JSON.parse(await readFile(manifest, 'utf8')))) {
    const { summary, measured } = german.model(entry);
    expect(summary, entry.id).not.toBe(entry.summary);
    expect(measured?.percent).toBe(entry.measured?.percent);
    if (measured) expect(measured.measure).not.toBe(entry.measured?.measure);
  }
  const architecture = { patch: 8, dim: 384, depth: 12, heads: 6, registers: 4 } as Architecture;
  const file = { name: 'my.pth', bytes: 1, sha256: 'f'.repeat(64) };
  const own = describeFile(file, { architecture, metadata: {}, origin: 'classifier' }, 1);
  expect(german.model(own)).toMatchObject({
    name: 'my.pth',
    licence: 'wie ihre Quelle angibt',
    summary: expect.stringMatching(/^Patch 8, 384 Kanäle, 12 Blöcke, 6 Köpfe, 4 Register; ein überwachter/),
  });
  const { own: _, ...earlier } = own;
  expect(german.model(earlier).summary).toBe(earlier.summary);
});
