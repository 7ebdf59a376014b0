import { afterEach, expect, test, vi } from 'vitest';
import { type ProjectDocument, VERSION } from './document.ts';
import { isClipKept, keepClip, keepDocument, listRecent, orphans, readKept, removeKept } from './store.ts';

/** Written and read back unchecked: what it holds is no matter here. */
const document = { version: VERSION, result: null } as ProjectDocument;
const found = (notes: string) => ({ ...document, result: { notes: [notes] } }) as unknown as ProjectDocument;
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

/** Keeps a document as the first version did, in a database that is not there yet. */
const keepFirst = (id: string, document: ProjectDocument) =>
  new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open('unprompted.projects', 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => {
      const { result: created } = opening;
      created.createObjectStore('recent', { keyPath: 'id' }).createIndex('saved', 'saved');
      created.createObjectStore('document').put(document, id);
      created.createObjectStore('clip');
    };
    opening.onsuccess = () => {
      opening.result.close();
      resolve();
    };
  });

// First of all: once it is open, it stays open.
test('a database that could not be opened is tried again; what an earlier version kept in it is read', async () => {
  await keepFirst('old', found('x'));
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  await expect(listRecent()).rejects.toMatchObject({ name: 'SecurityError' });
  expect(await listRecent()).toEqual([]);
  expect((await readKept('old')).document).toEqual(found('x'));
});

test('work stays, however many clips are opened after it; empty ones make room', async () => {
  for (let i = 0; i < 20; i++) {
    await keepClip(`${i}`, clip);
    await keepDocument(recent(`${i}`, i, i < 4), document, 'none');
  }
  const ids = (await listRecent()).map(({ id }) => Number(id));
  expect(ids).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 3, 2, 1, 0]);
  expect((await readKept('0')).document).toEqual(document);
  expect([await isClipKept('0'), await isClipKept('5')]).toEqual([true, false]);
  for (let i = 20; i < 40; i++) await keepDocument(recent(`${i}`, i, true), document, 'none');
  expect(await listRecent()).toHaveLength(24);
});

test('what was kept before there was a result is read as that', async () => {
  await keepDocument(recent('early', 1, true), document, '');
  expect((await readKept('early')).document).toEqual(document);
});

test('a clip without a project is found', async () => {
  await keepClip('alone', clip);
  await keepClip('listed', clip);
  await keepDocument(recent('listed', 1, false), document, 'none');
  expect(await orphans()).toEqual(['alone']);
});

test('a result is written once, however often the work on it is, and goes with its project', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put');
  const results = () => put.mock.contexts.filter((store) => (store as IDBObjectStore).name === 'result');
  for (let edits = 0; edits < 3; edits++) await keepDocument(recent('a', edits, true), found('x'), 'first');
  expect(results()).toHaveLength(1);
  expect((await readKept('a')).document).toEqual(found('x'));
  await keepDocument(recent('a', 3, true), found('y'), 'second');
  await keepDocument(recent('b', 4, true), found('z'), 'first');
  expect((await readKept('a')).document).toEqual(found('y'));
  await keepDocument(recent('a', 5, true), document, 'none');
  expect((await readKept('a')).document).toEqual(document);
  await removeKept('b');
  await keepDocument(recent('b', 6, true), document, 'none');
  expect((await readKept('b')).document).toEqual(document);
});
