import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeWhole } from '../write.ts';
import { closeAlone, openAlone } from './folder.ts';

test('a clip that is alone goes on with the masks of a run to the same end, and with no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '00001.png'), 'of a run before');
  await utimes(join(folder, '00001.png'), 1, 1);

  expect([...(await openAlone(folder, 'a'))]).toEqual([]);
  await utimes(join(folder, 'unfinished'), 2, 2);
  await writeWhole(join(folder, '00000.png'), 'mask');
  expect([...(await openAlone(folder, 'a'))]).toEqual(['00000.png']);

  expect([...(await openAlone(folder, 'b'))]).toEqual([]);
  await closeAlone(folder);
  expect((await readdir(folder)).sort()).toEqual(['00000.png', '00001.png']);
});
