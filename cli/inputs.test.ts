import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clipFiles, maskNames } from './inputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  for (const name of ['10.jpg', '9.JPEG', '2.png', 'notes.txt', '._2.png', '.DS_Store', 'Thumbs.db'])
    await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true }));

it('takes a folder’s pictures in natural order', async () => {
  expect((await clipFiles(folder)).map((path) => basename(path))).toEqual(['2.png', '9.JPEG', '10.jpg']);
});

it('takes a file as it is, and says when there is none', async () => {
  const file = join(folder, 'notes.txt');
  expect(await clipFiles(file)).toEqual([file]);
  await expect(clipFiles(join(folder, 'absent'))).rejects.toMatchObject({ code: 'cli/no-input' });
});

it('names masks after the frames of a folder, else by number', () => {
  expect(maskNames(['a/00003.jpg', 'a/00007.jpg'], 2)).toEqual(['00003.png', '00007.png']);
  expect(maskNames(['a/1.jpg', 'a/1.png'], 2)).toEqual(['00000.png', '00001.png']);
  expect(maskNames(['clip.mp4'], 3)).toEqual(['00000.png', '00001.png', '00002.png']);
  expect(maskNames(['clip.mp4'], 1)).toEqual(['00000.png']);
});
