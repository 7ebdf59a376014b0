import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Progress } from '../src/engine/session/result.ts';
import { command } from './commands/eval.ts';
import type { Engine } from './engine.ts';
import { failure } from './errors.ts';
import { createIo } from './io.ts';

/** What each engine that was started reports its progress to. */
const engines = vi.hoisted((): ((progress: Progress) => void)[] => []);
vi.mock(import('./engine.ts'), () => ({
  startEngine: async (_io, onProgress) => {
    engines.push(onProgress);
    const engine = {
      offer: () => 0,
      modelId: () => 'model',
      call: async (name: string) => {
        if (name !== 'open') throw failure('cli/browser-ended');
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

test('an engine that replaces a dead one reports its progress too', async () => {
  const said: string[] = [];
  const stream = (text: string) => said.push(text);
  const io = createIo({
    json: true,
    quiet: false,
    signal: new AbortController().signal,
    out: { write: stream },
    err: { write: stream, isTTY: true },
  });
  const values = { protocol: 'single', out: join(folder, 'out'), tau: '0.1,0.2' };
  await command.run({ values, positionals: [folder] }, io);
  expect(engines.length).toBeGreaterThan(1);
  said.length = 0;
  engines[1]!({ stage: 'tokens', unit: 'frames', done: 1, total: 2, left: null });
  expect(said.join('')).toContain('1 of 2 frames');
});
