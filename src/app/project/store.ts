import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ProjectDocument } from './document.ts';

/** A project that the browser keeps, as the list of recent ones shows it. */
export interface Recent {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  saved: number;
  objects: number;
  /** A small picture of the clip. */
  poster: Blob | null;
}

/** Where a clip is to be had from: a copy of its files, or leave to read them where they lie. */
export type KeptClip = { files: readonly File[] } | { handles: readonly FileSystemFileHandle[] };

interface Shelf extends DBSchema {
  recent: { key: string; value: Recent; indexes: { saved: number } };
  document: { key: string; value: ProjectDocument };
  clip: { key: string; value: KeptClip };
}

/** Projects kept; the oldest go first. */
const MOST = 12;
const STORES = ['recent', 'document', 'clip'] as const;

let opened: Promise<IDBPDatabase<Shelf>> | null = null;

function shelf(): Promise<IDBPDatabase<Shelf>> {
  opened ??= openDB<Shelf>('unprompted.projects', 1, {
    upgrade(database) {
      database.createObjectStore('recent', { keyPath: 'id' }).createIndex('saved', 'saved');
      database.createObjectStore('document');
      database.createObjectStore('clip');
    },
  });
  return opened;
}

/** Newest first. */
export async function listRecent(): Promise<Recent[]> {
  return (await (await shelf()).getAllFromIndex('recent', 'saved')).reverse();
}

/** Writes a project's list entry and its document together, so that they never tell different stories. */
export async function keepDocument(recent: Recent, document: ProjectDocument): Promise<void> {
  const writing = (await shelf()).transaction(STORES, 'readwrite');
  await Promise.all([
    writing.objectStore('recent').put(recent),
    writing.objectStore('document').put(document, recent.id),
  ]);
  const ids = await writing.objectStore('recent').index('saved').getAllKeys();
  for (const id of ids.slice(0, Math.max(0, ids.length - MOST)))
    await Promise.all(STORES.map((store) => writing.objectStore(store).delete(id)));
  await writing.done;
}

export async function keepClip(id: string, clip: KeptClip): Promise<void> {
  await (await shelf()).put('clip', clip, id);
}

/** What was kept, unchecked: another version of this page may have written it. */
export async function readKept(id: string): Promise<{ document: unknown; clip: KeptClip | undefined }> {
  const reading = (await shelf()).transaction(['document', 'clip']);
  const [document, clip] = await Promise.all([
    reading.objectStore('document').get(id),
    reading.objectStore('clip').get(id),
  ]);
  return { document, clip };
}

export async function removeKept(id: string): Promise<void> {
  const writing = (await shelf()).transaction(STORES, 'readwrite');
  await Promise.all(STORES.map((store) => writing.objectStore(store).delete(id)));
  await writing.done;
}
