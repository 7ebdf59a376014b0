import { copyFile, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { decodePng } from '../src/lib/png.ts';
import { ended, run, start } from './command-line.ts';

const H264 = 'test/fixtures/video/bframes.mp4';
/** Small enough for two cores: two frames of 6 × 12 tokens. */
const SMALL = ['--size', '48x96', '--stride', '10', '--device', 'wasm'];

test('a video becomes indexed masks at its own size and run.json', async () => {
  const out = test.info().outputPath('masks');
  const {
    code,
    out: printed,
    err,
  } = await run('segment', H264, '--out', out, ...SMALL, '--json', '--max-objects', '3');
  expect(err).not.toContain('unprompted:');
  expect(code).toBe(0);
  // Every frame is followed; the stride says which are analysed.
  const names = Array.from({ length: 20 }, (_, frame) => `${String(frame).padStart(5, '0')}.png`);
  expect((await readdir(out)).sort()).toEqual([...names, 'run.json']);

  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  expect(
    printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([record]);
  expect(record.settings).toMatchObject({ height: 48, width: 96, stride: 10, device: 'wasm' });
  expect(record.device.device).toBe('wasm');
  expect(record.frames.map(({ frame }: { frame: number }) => frame)).toEqual(names.map((_, frame) => frame));
  const analysed = record.frames.filter((each: { analysed: boolean }) => each.analysed);
  expect(analysed.map(({ frame }: { frame: number }) => frame)).toEqual(expect.arrayContaining([0, 10, 19]));
  expect(record.samples.length).toBeLessThanOrEqual(16);
  for (const frame of record.samples) expect(record.frames[frame].analysed).toBe(true);
  for (const key of record.keys) expect(record.samples).toContain(key);
  expect(record.objects.length).toBeLessThanOrEqual(3);

  const mask = await decodePng(await readFile(join(out, '00010.png')), '00010.png');
  expect(mask.colour).toBe('palette');
  expect([mask.width, mask.height]).toEqual([record.clip.width, record.clip.height]);
  expect(Math.max(...mask.samples)).toBeLessThanOrEqual(record.objects.length);
});

test('--only-analysed leaves the frames out that were propagated by motion', async () => {
  const out = test.info().outputPath('masks');
  const few = ['--samples', '2', '--only-analysed'];
  const { code } = await run('segment', H264, '--out', out, ...SMALL, ...few);
  expect(code).toBe(0);
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  expect(record.frames.every(({ analysed }: { analysed: boolean }) => analysed)).toBe(true);
  const names = record.frames.map(({ mask }: { mask: string }) => mask);
  expect(names).toContain('00019.png');
  expect((await readdir(out)).sort()).toEqual([...names, 'run.json']);
});

test('the paper’s own ways write masks of the frames that they analyse, into exports too, and say so', async () => {
  const out = test.info().outputPath('masks');
  const asked = ['--clustering', 'paper', '--export', 'csv'];
  const { code, err } = await run('segment', H264, '--out', out, ...SMALL, ...asked);
  expect(code).toBe(0);
  expect(err).toContain('Frames between those that were analysed have no masks');
  expect((await readdir(out)).filter((name) => name.endsWith('.png')).sort()).toEqual([
    '00000.png',
    '00010.png',
  ]);
  const rows = (await readFile(join(out, 'bframes-objects.csv'), 'utf8')).trim().split('\r\n').slice(1);
  expect([...new Set(rows.map((row) => row.split(',')[0]))]).toEqual(['0', '10']);
});

test('a folder’s masks have its frames’ names, in natural order', async () => {
  const folder = test.info().outputPath('frames');
  await mkdir(folder, { recursive: true });
  for (const name of ['10.jpg', '9.jpg']) await copyFile('test/fixtures/video/still.jpg', join(folder, name));
  const out = test.info().outputPath('masks');
  const { code, out: printed } = await run('segment', folder, '--out', out, ...SMALL, '--stride', '1');
  expect(code).toBe(0);
  expect(printed).toMatch(/^\d+ objects? in 2 frames .*\n$/);
  expect((await readdir(out)).sort()).toEqual(['10.png', '9.png', 'run.json']);
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  expect(record.frames.map(({ mask }: { mask: string }) => mask)).toEqual(['9.png', '10.png']);
});

test('killed in the middle, a run is gone on with, and its masks are those of one that was not', async () => {
  const frames = test.info().outputPath('frames');
  await mkdir(frames, { recursive: true });
  for (let i = 100; i < 140; i++) await copyFile('test/fixtures/video/still.jpg', join(frames, `${i}.jpg`));
  const args = ['segment', frames, '--size', '64x128', '--samples', '3', '--stride', '2', '--device', 'wasm'];
  const whole = test.info().outputPath('whole');
  expect((await run(...args, '--out', whole, '--quiet')).code).toBe(0);

  const out = test.info().outputPath('masks');
  const followed = join(out, 'followed');
  const sizeOf = async (path: string) => (await stat(path).catch(() => ({ size: 0 }))).size;
  const child = start([...args, '--out', out]);
  const killed = ended(child);
  // About half of its frames, none of which has a mask yet.
  while ((await sizeOf(followed)) < 20_000) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGKILL');
  await killed;
  expect((await readdir(out)).sort()).toEqual(['followed', 'unfinished']);

  expect((await run(...args, '--out', out, '--resume', '--quiet')).code).toBe(0);
  const names = (await readdir(whole)).sort();
  expect(names).toHaveLength(41);
  expect((await readdir(out)).sort()).toEqual(names);
  for (const name of names.filter((name) => name !== 'run.json'))
    expect(await readFile(join(out, name)), name).toEqual(await readFile(join(whole, name)));

  const { mtimeMs } = await stat(join(out, 'run.json'));
  expect((await run(...args, '--out', out, '--resume')).code).toBe(0);
  expect((await stat(join(out, 'run.json'))).mtimeMs, 'what is done stays').toBe(mtimeMs);
});

test('a file of more than 2 GiB, its pictures behind all that', async () => {
  const whole = await readFile(H264);
  const media = whole.indexOf('mdat') - 4;
  // A box of nothing before the media, which the disk need not hold; the table of places follows.
  const gap = Math.round(2.3 * 2 ** 30);
  const box = Buffer.alloc(16);
  box.writeUInt32BE(1, 0);
  box.write('free', 4);
  box.writeBigUInt64BE(BigInt(gap), 8);
  const places = whole.indexOf('stco') + 12;
  for (let i = 0; i < whole.readUInt32BE(places - 4); i++)
    whole.writeUInt32BE(whole.readUInt32BE(places + 4 * i) + gap, places + 4 * i);
  const large = test.info().outputPath('large.mp4');
  const file = await open(large, 'w');
  await file.write(Buffer.concat([whole.subarray(0, media), box]), 0);
  const rest = whole.subarray(media);
  await file.write(rest, 0, rest.length, media + gap);
  await file.close();

  const out = test.info().outputPath('masks');
  const { code, err } = await run('segment', large, '--out', out, ...SMALL, '--frames', '16:20');
  expect(err).not.toContain('unprompted:');
  expect(code).toBe(0);
  expect((await readdir(out)).sort()).toEqual([
    '00016.png',
    '00017.png',
    '00018.png',
    '00019.png',
    'run.json',
  ]);
  await rm(large);
});

const failures: [what: string, args: string[], code: number, expected: RegExp][] = [
  ['no command', [], 2, /^Usage: unprompted/],
  ['an unknown command', ['paint'], 2, /no command paint.*\n.*\[cli\/no-command\]/],
  ['an unknown option', ['segment', H264, '--colour', 'red'], 2, /--colour.*\n.*\[cli\/usage\]/],
  ['no place for the masks', ['segment', H264], 2, /--out.*\n.*\[cli\/usage\]/],
  ['a number that is none', ['segment', H264, '--out', 'OUT', '--tau', 'much'], 2, /--tau is much/],
  [
    'a file that is not there',
    ['segment', 'absent.mp4', '--out', 'OUT'],
    1,
    /absent\.mp4.*\n.*\[cli\/no-input\]/,
  ],
  [
    'a setting that the model cannot take',
    ['segment', H264, '--out', 'OUT', '--ratio', '2'],
    2,
    /\[run\/bad-setting\]/,
  ],
  [
    'an unknown model',
    ['segment', H264, '--out', 'OUT', '--model', 'none'],
    1,
    /ba-tiny-v0.*\[cli\/no-model\]/s,
  ],
  [
    'a codec that no browser decodes',
    ['segment', 'test/fixtures/video/mpeg4.mp4', '--out', 'OUT'],
    1,
    /\[video\/[a-z-]+\]/,
  ],
];
for (const [what, args, code, expected] of failures) {
  test(`${what} ends with ${code} and a way out on stderr`, async () => {
    const result = await run(...args.map((arg) => (arg === 'OUT' ? test.info().outputPath('masks') : arg)));
    expect(result.err).toMatch(expected);
    expect(result.out).toBe('');
    expect(result.code).toBe(code);
  });
}

test('Ctrl-C ends a run with 130', async () => {
  const child = start(['segment', H264, '--out', test.info().outputPath('masks'), '--size', '192x384']);
  let err = '';
  child.stderr.on('data', (data) => {
    err += data;
    if (/reading frames|grouping|following/.test(err)) child.kill('SIGINT');
  });
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);
  expect(err).toMatch(/unprompted: cancelled\n$/);
});

test('help names every command and option', async () => {
  const overview = await run('--help');
  expect(overview.code).toBe(0);
  expect(overview.out).toContain('segment');
  const help = await run('segment', '--help');
  for (const option of ['--out', '--model', '--size', '--tau', '--json']) expect(help.out).toContain(option);
});
