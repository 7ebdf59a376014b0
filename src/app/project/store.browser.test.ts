import { afterEach, expect, test, vi } from 'vitest';
import type { ProjectDocument } from './document.ts';
import { isClipKept, keepClip, keepDocument, listRecent, orphans, readKept, removeKept } from './store.ts';

/** Written and read back unchecked: what it holds is no matter here. */
const document = { version: 1 } as ProjectDocument;
const recent = (id: string, saved: number, worked: boolean) => ({
  id,
  name: id,
  saved,
  objects: 0,
  worked,
  poster: null,
});
const clip = { files: [new File(['x'], 'x.mp4')] };

afterEach(async () => {
  vi.restoreAllMocks();
  for (const { id } of await listRecent()) await removeKept(id);
  for (const id of await orphans()) await removeKept(id);
});

// First of all: once it is open, it stays open.
test('a database that could not be opened is tried again', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  await expect(listRecent()).rejects.toMatchObject({ name: 'SecurityError' });
  expect(await listRecent()).toEqual([]);
});

test('work stays, however many clips are opened after it; empty ones make room', async () => {
  for (let i = 0; i < 20; i++) {
    await keepClip(`${i}`, clip);
    await keepDocument(recent(`${i}`, i, i < 4), document);
  }
  const ids = (await listRecent()).map(({ id }) => Number(id));
  expect(ids).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 3, 2, 1, 0]);
  expect((await readKept('0')).document).toEqual(document);
  expect([await isClipKept('0'), await isClipKept('5')]).toEqual([true, false]);
  for (let i = 20; i < 40; i++) await keepDocument(recent(`${i}`, i, true), document);
  expect(await listRecent()).toHaveLength(24);
});

test('a clip without a project is found', async () => {
  await keepClip('alone', clip);
  await keepClip('listed', clip);
  await keepDocument(recent('listed', 1, false), document);
  expect(await orphans()).toEqual(['alone']);
});
