import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { csvOf, type Index, mergeIndexes, type Row, readIndexes, tableOf, writeIndex } from './index-file.ts';
import { shardOf } from './shard.ts';

const done = (clip: string): Row => ({
  clip,
  path: `${clip}.mp4`,
  frames: 9,
  objects: 2,
  seconds: 1.5,
  error: null,
});
const failed = (clip: string): Row => ({
  ...done(clip),
  frames: null,
  objects: null,
  seconds: null,
  error: { code: 'video/codec', what: 'It is "odd", and old.', todo: 'Convert it.' },
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'unprompted-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('CSV and table have a line a clip', () => {
  expect(csvOf([done('a'), failed('=b')])).toBe(
    'clip,path,frames,objects,seconds,error\r\na,a.mp4,9,2,1.5,\r\n' +
      `'=b,'=b.mp4,,,,"It is ""odd"", and old. [video/codec]"\r\n`,
  );
  expect(
    tableOf([done('a'), failed('b')])
      .split('\n')
      .slice(2),
  ).toEqual(['a          9        2      1.5             ', 'b          –        –        –  video/codec']);
});

test('parts of one list are in one folder and are joined in the list’s order', async () => {
  const path = await folder();
  const names = ['d', 'c', 'b', 'a'];
  const parts = [1, 2].map((index): Index => {
    const mine = names.filter((name) => shardOf(name, 2) === index);
    return { shard: { index, of: 2 }, names, clips: mine.map(index === 1 ? done : failed) };
  });
  for (const part of parts) await writeIndex(path, part);
  const { index, missing, absent } = mergeIndexes(await readIndexes(path));
  expect(index.clips.map(({ clip }) => clip)).toEqual(names);
  expect([missing, absent]).toEqual([[], []]);
  await writeIndex(path, index);
  expect(await readIndexes(path)).toEqual(parts);
  expect(JSON.parse(await readFile(join(path, 'index.json'), 'utf8'))).toEqual(index);
});

test('a part that is not there is reported, and the clips that are missing', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const mine = names.filter((name) => shardOf(name, 3) === 2);
  const { missing, absent } = mergeIndexes([{ shard: { index: 2, of: 3 }, names, clips: mine.map(done) }]);
  expect(absent).toEqual([
    { index: 1, of: 3 },
    { index: 3, of: 3 },
  ]);
  expect(missing.map(({ clip }) => clip)).toEqual(names.filter((name) => !mine.includes(name)));
  expect(missing.every(({ clip, shard }) => shard?.index === shardOf(clip, 3))).toBe(true);
});

test('of a clip that failed in one index and is done in another, it is done', () => {
  const index = (row: Row): Index => ({ shard: null, names: ['a'], clips: [row] });
  for (const order of [
    [done('a'), failed('a')],
    [failed('a'), done('a')],
  ])
    expect(mergeIndexes(order.map(index)).index.clips).toEqual([done('a')]);
});

test('a folder without an index, and a file that is none, are reported', async () => {
  const path = await folder();
  await expect(readIndexes(path)).rejects.toMatchObject({ code: 'many/no-index' });
  await writeFile(join(path, 'index.json'), '{"clips": 3}');
  await expect(readIndexes(path)).rejects.toMatchObject({ code: 'many/bad-index' });
});
