import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStored, type StoredFile, storeFile } from '../../src/engine/weights/store.ts';
import { cacheFolder, folderStore } from './cache.ts';

const file: StoredFile = { key: 'k1', url: 'a', bytes: 5, complete: true, sha256: 'ab', verified: true };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keeps parts in order over openings, lists and removes them', async () => {
  expect(await folderStore(join(folder, 'absent')).list()).toEqual([]);
  await folderStore(folder).record({ ...file, complete: false });
  await folderStore(folder).append('k1', Uint8Array.of(1, 2, 3));
  expect(await readStored(folderStore(folder), 'k1')).toBeNull();
  expect(await folderStore(folder).size('k1')).toBe(3);
  await folderStore(folder).append('k1', Uint8Array.of(4, 5));
  await folderStore(folder).record(file);
  const store = folderStore(folder);
  expect(await store.list()).toEqual([file]);
  expect([...(await readStored(store, 'k1'))!]).toEqual([1, 2, 3, 4, 5]);
  await store.remove('k1');
  await store.remove('k1');
  expect(await store.find('k1')).toBeNull();
  expect(await store.size('k1')).toBe(0);
});

test('a whole file goes in once, and nothing of it stays where it cannot', async () => {
  const store = folderStore(folder);
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  await storeFile(store, new Blob([bytes]), { ...file, bytes: 100 });
  await storeFile(store, new Blob([bytes]), { ...file, bytes: 100 });
  expect(await readStored(store, 'k1')).toEqual(bytes);

  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  await expect(storeFile(folderStore(blocked), new Blob([bytes]), file)).rejects.toMatchObject({
    code: 'models/cannot-keep',
  });
});

test('the cache follows XDG_CACHE_HOME', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'unprompted', 'weights'));
  expect(cacheFolder({ XDG_CACHE_HOME: '' })).toMatch(/\.cache/);
});
