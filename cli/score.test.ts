import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeMask } from '../src/engine/mask/mask-png.ts';
import { command } from './commands/score.ts';
import { createIo } from './io.ts';

let folder: string;
const mask = async (path: string, drawn: string) => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const labels = Uint16Array.from(drawn, Number);
  await writeFile(file, await encodeMask({ width: drawn.length, height: 1, labels }));
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  for (const frame of ['0', '1']) {
    await mask(`truth/a/${frame}.png`, '0122');
    await mask(`truth/b/${frame}.png`, '0011');
    await mask(`guess/a/${frame}.png`, '0211');
  }
  await mask('guess/b/0.png', '0011');
});
afterAll(() => rm(folder, { recursive: true }));

async function run(values: Record<string, string>, ...positionals: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) });
  const io = createIo({
    json: true,
    quiet: false,
    signal: new AbortController().signal,
    out: stream(out),
    err: stream(err),
  });
  const code = await command.run({ values, positionals }, io);
  return { code, out: JSON.parse(out.join('')), err: err.join('') };
}

it('scores what it can, names what it cannot, and fails at the end', async () => {
  const { code, out, err } = await run(
    { protocol: 'video,single' },
    join(folder, 'guess'),
    join(folder, 'truth'),
  );
  expect(code).toBe(1);
  expect(out.failed).toMatchObject([{ sequence: 'b', code: 'score/missing-frames' }]);
  expect(err).toContain('b lacks predictions for frames 1.');
  expect(out.reports).toMatchObject([
    { protocol: 'video', measures: { 'FG-ARI': 1, mIoU: 1 }, sequences: [{ name: 'a' }] },
    { protocol: 'single', measures: { J: 1 }, sequences: [{ name: 'a' }] },
  ]);
});

it('says what is wrong with what was typed', async () => {
  const both = [join(folder, 'guess'), join(folder, 'truth')];
  await expect(run({}, ...both)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'best' }, ...both)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'single' }, both[0]!)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'single' }, both[0]!, join(folder, 'no'))).rejects.toMatchObject({
    code: 'cli/no-input',
  });
});
