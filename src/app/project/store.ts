import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ProjectDocument, Recent } from './document.ts';
import { evicted } from './eviction.ts';

/** Where the clip comes from: a copy of its files, or handles with permission to read them. */
export type KeptClip = { files: readonly File[] } | { handles: readonly FileSystemFileHandle[] };

interface ProjectStore extends DBSchema {
  recent: { key: string; value: Recent; indexes: { saved: number } };
  document: { key: string; value: ProjectDocument };
  clip: { key: string; value: KeptClip };
}

const STORES = ['recent', 'document', 'clip'] as const;

let opened: Promise<IDBPDatabase<ProjectStore>> | null = null;

function database(): Promise<IDBPDatabase<ProjectStore>> {
  opened ??= openDB<ProjectStore>('unprompted.projects', 1, {
    upgrade(created) {
      created.createObjectStore('recent', { keyPath: 'id' }).createIndex('saved', 'saved');
      created.createObjectStore('document');
      created.createObjectStore('clip');
    },
    terminated: () => {
      opened = null;
    },
  });
  // Opening may work the next time.
  opened.catch(() => {
    opened = null;
  });
  return opened;
}

/** Newest first. */
export async function listRecent(): Promise<Recent[]> {
  return (await (await database()).getAllFromIndex('recent', 'saved')).reverse();
}

/** Writes a project's list entry and its document together, so that they never disagree. */
export async function keepDocument(recent: Recent, document: ProjectDocument): Promise<void> {
  const writing = (await database()).transaction(STORES, 'readwrite');
  await Promise.all([
    writing.objectStore('recent').put(recent),
    writing.objectStore('document').put(document, recent.id),
  ]);
  const all = await writing.objectStore('recent').index('saved').getAll();
  for (const id of evicted(all, recent.id))
    await Promise.all(STORES.map((store) => writing.objectStore(store).delete(id)));
  await writing.done;
}

export async function keepClip(id: string, clip: KeptClip): Promise<void> {
  await (await database()).put('clip', clip, id);
}

/** Whether there is a copy of a project's clip, or permission to read it where it is. */
export async function isClipKept(id: string): Promise<boolean> {
  return (await (await database()).count('clip', id)) > 0;
}

/** Ids of clips and documents that belong to no listed project, as a tab leaves them that was closed at once. */
export async function orphans(): Promise<string[]> {
  const reading = (await database()).transaction(STORES);
  const [listed, ...others] = await Promise.all(
    STORES.map((store) => reading.objectStore(store).getAllKeys()),
  );
  const known = new Set(listed);
  return [...new Set(others.flat())].filter((id) => !known.has(id));
}

/** What was kept, unchecked: another version of this page may have written it. */
export async function readKept(
  id: string,
): Promise<{ recent: Recent | undefined; document: unknown; clip: KeptClip | undefined }> {
  const reading = (await database()).transaction(STORES);
  const [recent, document, clip] = await Promise.all([
    reading.objectStore('recent').get(id),
    reading.objectStore('document').get(id),
    reading.objectStore('clip').get(id),
  ]);
  return { recent, document, clip };
}

export async function removeKept(id: string): Promise<void> {
  const writing = (await database()).transaction(STORES, 'readwrite');
  await Promise.all(STORES.map((store) => writing.objectStore(store).delete(id)));
  await writing.done;
}
