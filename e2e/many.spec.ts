import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { run, start } from './command-line.ts';

/** Small enough for two cores: four frames of 6 × 12 tokens. */
const SMALL = ['--size', '48x96', '--frames', '0:4', '--samples', '2', '--device', 'wasm'];
const FIXTURES = 'test/fixtures/video';

/** A folder with two clips, and where their masks go. */
async function twoClips() {
  const clips = test.info().outputPath('clips');
  await mkdir(clips, { recursive: true });
  await copyFile(`${FIXTURES}/bframes.mp4`, join(clips, 'film.mp4'));
  await copyFile(`${FIXTURES}/av1.webm`, join(clips, 'web.webm'));
  return { clips, out: test.info().outputPath('masks') };
}

const errorsIn = async (out: string) => {
  const { clips } = JSON.parse(await readFile(join(out, 'index.json'), 'utf8'));
  return clips.map(({ clip, error }: { clip: string; error: { code: string } | null }) => [
    clip,
    error?.code ?? null,
  ]);
};

test('a list of clips: what is broken is passed over, the rest is done with its exports', async () => {
  const { clips, out } = await twoClips();
  const list = join(clips, 'list.txt');
  await copyFile(`${FIXTURES}/mpeg4.mp4`, join(clips, 'old.mp4'));
  await writeFile(list, 'old.mp4\nabsent.mp4\nfilm.mp4\tfirst\nweb.webm\n');
  const args = ['segment', '--list', list, '--out', out, ...SMALL, '--export', 'davis,coco,yolo,csv,overlay'];
  const { code, out: printed, err } = await run(...args);
  expect(code).toBe(1);
  expect(err).toMatch(/^absent: There is no file .*absent\.mp4.*\[cli\/no-input\]$/m);
  expect(err).toMatch(/^old: .*\[video\/codec\]$/m);
  expect(printed).toContain('2 of 4 clips done');
  expect(await errorsIn(out)).toEqual([
    ['old', 'video/codec'],
    ['absent', 'cli/no-input'],
    ['first', null],
    ['web', null],
  ]);
  expect((await readdir(out)).sort()).toEqual(['first', 'index.csv', 'index.json', 'web']);
  const record = JSON.parse(await readFile(join(out, 'first', 'run.json'), 'utf8'));
  const exports = record.exports.map(({ file }: { file: string }) => file);
  expect(exports.slice(0, 2)).toEqual(['film-masks.zip', 'film-coco.json']);
  expect((await readdir(join(out, 'first'))).sort()).toEqual(
    ['00000.png', '00001.png', '00002.png', '00003.png', 'run.json', ...exports].sort(),
  );
  const coco = JSON.parse(await readFile(join(out, 'first', 'film-coco.json'), 'utf8'));
  expect(coco.images).toHaveLength(4);
});

test('killed at any moment, the same command does only what is missing, and other settings do all anew', async () => {
  const { clips, out } = await twoClips();
  const args = ['segment', clips, '--out', out, ...SMALL];
  const child = start(args);
  const killed = new Promise((resolve) => child.on('exit', resolve));
  await expect.poll(() => readdir(out).catch(() => []), { timeout: 120_000 }).toContain('film');
  child.kill('SIGKILL');
  await killed;
  const { mtimeMs } = await stat(join(out, 'film', 'run.json'));

  const again = await run(...args);
  expect(again.err).not.toContain('unprompted:');
  expect(again.code).toBe(0);
  expect((await readdir(out)).sort()).toEqual(['film', 'index.csv', 'index.json', 'web']);
  expect((await stat(join(out, 'film', 'run.json'))).mtimeMs).toBe(mtimeMs);

  const other = await run(...args, '--max-objects', '1', '--json');
  expect(other.code).toBe(0);
  expect(JSON.parse(other.out).clips).toMatchObject([{ clip: 'film', error: null }, { clip: 'web' }]);
  expect((await stat(join(out, 'film', 'run.json'))).mtimeMs).toBeGreaterThan(mtimeMs);
});

test('parts of a list are joined, and say what is missing', async () => {
  const { clips, out } = await twoClips();
  // By their names' digests film is of part 1 and web of part 2.
  const part = (i: number) => run('segment', clips, '--out', out, ...SMALL, '--shard', `${i}/2`);
  expect((await part(1)).code).toBe(0);
  const half = await run('merge', out);
  expect(half.code).toBe(1);
  expect(half.err).toContain('Part 2 of 2 has no index.');
  expect(half.err).toContain('web is missing (part 2 of 2).');
  expect((await part(2)).code).toBe(0);
  const whole = await run('merge', out, '--json');
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.out)).toMatchObject({ missing: [], absent: [] });
});
