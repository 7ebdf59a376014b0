import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, readStored, type StoredFile, type WeightStore } from './store.ts';

const FOLDER = 'test-weights';
const file: StoredFile = {
  key: 'k1',
  url: 'https://x/y',
  bytes: 5,
  complete: true,
  sha256: 'ab',
  verified: true,
};

let store: WeightStore;
const open = async () =>
  openStore(await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true }));

beforeEach(async () => {
  store = await open();
});
afterEach(async () => (await navigator.storage.getDirectory()).removeEntry(FOLDER, { recursive: true }));

test('keeps parts in order over openings, lists and removes them', async () => {
  await store.record({ ...file, complete: false });
  await store.append('k1', Uint8Array.of(1, 2, 3));
  expect(await readStored(store, 'k1')).toBeNull();
  store = await open();
  await store.append('k1', Uint8Array.of(4, 5));
  await store.record(file);
  expect(await store.list()).toEqual([file]);
  expect(await readStored(store, 'k1')).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
  await store.remove('k1');
  await store.remove('k1');
  expect(await store.list()).toEqual([]);
  expect(await store.find('k1')).toBeNull();
});

test('a file whose parts are not all there is not given', async () => {
  await store.record(file);
  await store.append('k1', Uint8Array.of(1, 2));
  expect(await readStored(store, 'k1')).toBeNull();
  await store.append('k1', new Uint8Array(10));
  expect(await readStored(store, 'k1')).toBeNull();
});

test('a full disk is reported, with what could be removed', async () => {
  await store.record(file);
  await store.record({ ...file, key: 'k2', url: 'https://other/z' });
  const own = FileSystemWritableFileStream.prototype.write;
  FileSystemWritableFileStream.prototype.write = () =>
    Promise.reject(new DOMException('full', 'QuotaExceededError'));
  try {
    await expect(store.append('k1', new Uint8Array(2e6))).rejects.toMatchObject({
      code: 'store/full',
      message: expect.stringContaining('2.0 MB'),
      // Not the file itself that lacks the room.
      todo: expect.stringMatching(/^(?!.*x\/y).*https:\/\/other\/z/),
    });
  } finally {
    FileSystemWritableFileStream.prototype.write = own;
  }
  await store.append('k1', Uint8Array.of(1, 2, 3, 4, 5));
  expect(await readStored(store, 'k1')).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
});
