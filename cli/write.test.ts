import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder, writeWhole } from './write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file takes the place of the one before', async () => {
  const file = join(folder, 'a.json');
  await writeWhole(file, 'first');
  await writeWhole(file, Buffer.from('second'));
  expect(await readFile(file, 'utf8')).toBe('second');
});

test('what cannot be written is an error with the path, and leaves nothing behind', async () => {
  const taken = join(folder, 'taken');
  await mkdir(join(taken, 'full'), { recursive: true });
  await writeFile(join(folder, 'file'), '');
  const code = 'cli/cannot-write';
  await expect(writeWhole(taken, 'x')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(taken),
  });
  await expect(writeWhole(join(folder, 'nowhere', 'x'), 'x')).rejects.toMatchObject({ code });
  await expect(makeFolder(join(folder, 'file', 'x'))).rejects.toMatchObject({ code });
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});
