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

/** A mask as PGM, a digit each: 9 is 255. */
const pgm = async (path: string, rows: string[]) => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const levels = Uint8Array.from(rows.join(''), (digit) => (digit === '9' ? 255 : Number(digit)));
  await writeFile(file, Buffer.concat([Buffer.from(`P5 ${rows[0]!.length} ${rows.length} 255\n`), levels]));
};

it.each([
  [{}, 1, '--void none takes it for an object'],
  [{ void: '255' }, 1, null],
  [{ void: 'none' }, 2 / 3, null],
])('255 in the truth is doubt or an object, as %j says', async (typed, J, note) => {
  await pgm('doubt/a/frame_0000_mask_480p.pgm', ['0990', '1122', '1122']);
  await pgm('doubt/a/frame_0001_mask_480p.pgm', ['0990', '1122', '1122']);
  await mask('sure/a/0.png', '0');
  for (const frame of [0, 1]) {
    const labels = Uint16Array.from('000011221122', Number);
    await writeFile(join(folder, `sure/a/${frame}.png`), await encodeMask({ width: 4, height: 3, labels }));
  }
  const { out, err } = await run(
    { protocol: 'davis-2017-unsupervised', ...typed },
    join(folder, 'sure'),
    join(folder, 'doubt'),
  );
  expect(out.reports[0].measures.J).toBeCloseTo(J);
  if (note) expect(err).toContain(note);
  else expect(err).not.toContain('255');
});

it('says what is wrong with what was typed', async () => {
  const both = [join(folder, 'guess'), join(folder, 'truth')];
  await expect(run({}, ...both)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'best' }, ...both)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'single', void: '254' }, ...both)).rejects.toMatchObject({
    code: 'cli/usage',
  });
  await expect(run({ protocol: 'single' }, both[0]!)).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run({ protocol: 'single' }, both[0]!, join(folder, 'no'))).rejects.toMatchObject({
    code: 'cli/no-input',
  });
});
