import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Progress } from '../src/engine/session/result.ts';
import type { UnpromptedError } from '../src/lib/failure.ts';
import { command } from './commands/eval.ts';
import type { Engine } from './engine.ts';
import { failure } from './errors.ts';
import { createIo } from './io.ts';

/** What each engine that was started reports its progress to. */
const engines = vi.hoisted((): ((progress: Progress) => void)[] => []);
/** How the engines end. */
let end: UnpromptedError = failure('cli/browser-ended');
vi.mock(import('./engine.ts'), () => ({
  startEngine: async (_io, onProgress) => {
    engines.push(onProgress);
    const engine = {
      offer: () => 0,
      modelId: () => 'model',
      call: async (name: string) => {
        if (name !== 'open') throw end;
      },
      close: async () => undefined,
    };
    return engine as unknown as Engine;
  },
}));
vi.mock(import('./models/choose.ts'), async (original) => ({
  ...(await original()),
  chooseModels: async () => [],
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  for (const file of ['frames/a/0.jpg', 'masks/a/0.png']) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

const said: string[] = [];
const stream = (text: string) => said.push(text);
const io = createIo({
  json: true,
  quiet: false,
  signal: new AbortController().signal,
  out: { write: stream },
  err: { write: stream, isTTY: true },
});

test.each([
  failure('cli/browser-ended'),
  failure('worker/lost', { worker: 'engine', detail: { says: 'out of memory' } }),
])('after $code another engine takes over, and reports its progress too', async (lost) => {
  end = lost;
  engines.length = 0;
  const values = { protocol: 'single', out: join(folder, lost.code.replace('/', '-')), tau: '0.1,0.2' };
  await command.run({ values, positionals: [folder] }, io);
  expect(engines.length).toBeGreaterThan(1);
  said.length = 0;
  engines[1]!({ stage: 'tokens', unit: 'frames', done: 1, total: 2, left: null });
  expect(said.join('')).toContain('1 of 2 frames');
});

test('an evaluation is resumed whatever the order that its settings were kept in', async () => {
  const out = join(folder, 'resumed');
  const values = { protocol: 'single', out, tau: '0.1', stride: '2' };
  await command.run({ values, positionals: [folder] }, io);
  const file = join(out, 'plan.json');
  const plan = JSON.parse(await readFile(file, 'utf8'));
  const turned = Object.fromEntries(Object.entries(plan.values).reverse());
  await writeFile(file, JSON.stringify({ ...plan, values: turned }));
  const again = command.run({ values: { ...values, resume: true }, positionals: [folder] }, io);
  await expect(again).resolves.toBe(1);
});
