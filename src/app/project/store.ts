import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { journalNames, removeJournal } from '../../engine/session/journal-file.ts';
import type { RunResult } from '../../engine/session/result.ts';
import type { ProjectDocument, Recent } from './document.ts';
import { evicted } from './eviction.ts';

/** Where the clip comes from: a copy of its files, or handles with permission to read them. */
export type KeptClip = { files: readonly File[] } | { handles: readonly FileSystemFileHandle[] };

interface ProjectStore extends DBSchema {
  recent: { key: string; value: Recent; indexes: { saved: number } };
  /** Without its result, but where an earlier version wrote it. */
  document: { key: string; value: Omit<ProjectDocument, 'result'> & { stamp: string } };
  /** Written once, however often the work on it changes: it is most of a project. By the project, and a stamp of the result. */
  result: { key: [id: string, stamp: string]; value: RunResult };
  clip: { key: string; value: KeptClip };
}

const BY_ID = ['recent', 'document', 'clip'] as const;
const STORES = [...BY_ID, 'result'] as const;

/** Keys of a project's results. */
const ofProject = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

let opened: Promise<IDBPDatabase<ProjectStore>> | null = null;

function open(): Promise<IDBPDatabase<ProjectStore>> {
  return new Promise((resolve, reject) => {
    openDB<ProjectStore>('unprompted.projects', 2, {
      upgrade(created, before) {
        if (before < 1) {
          created.createObjectStore('recent', { keyPath: 'id' }).createIndex('saved', 'saved');
          created.createObjectStore('document');
          created.createObjectStore('clip');
        }
        created.createObjectStore('result');
      },
      blocked: () => reject(new Error('another tab has an earlier version of this page open')),
      // A later version waits for this tab.
      blocking: (_, __, { target }) => {
        opened = null;
        (target as IDBDatabase).close();
      },
      terminated: () => {
        opened = null;
      },
    }).then(resolve, reject);
  });
}

function database(): Promise<IDBPDatabase<ProjectStore>> {
  opened ??= open();
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

/**
 * Writes a project's list entry, its document and its result together, so that they never disagree. `stamp`: another for every
 * other result, and for one that has grown; a result that is there under its stamp is not written again.
 */
export async function keepDocument(
  recent: Recent,
  { result, ...document }: ProjectDocument,
  stamp: string,
): Promise<void> {
  const { id } = recent;
  const writing = (await database()).transaction(STORES, 'readwrite');
  const results = writing.objectStore('result');
  const stamps = (await results.getAllKeys(ofProject(id))).map(([, own]) => own);
  if (result && !stamps.includes(stamp)) await results.put(result, [id, stamp]);
  await Promise.all([
    writing.objectStore('recent').put(recent),
    writing.objectStore('document').put({ ...document, stamp }, id),
    ...stamps.filter((own) => own !== stamp).map((own) => results.delete([id, own])),
  ]);
  const all = await writing.objectStore('recent').index('saved').getAll();
  for (const other of evicted(all, id)) await removeIn(writing, other);
  await writing.done;
}

type Writing = IDBPTransaction<ProjectStore, typeof STORES, 'readwrite'>;

async function removeIn(writing: Writing, id: string): Promise<void> {
  await Promise.all([
    ...BY_ID.map((store) => writing.objectStore(store).delete(id)),
    writing.objectStore('result').delete(ofProject(id)),
  ]);
}

export async function keepClip(id: string, clip: KeptClip): Promise<void> {
  await (await database()).put('clip', clip, id);
}

/** Whether there is a copy of a project's clip, or permission to read it where it is. */
export async function isClipKept(id: string): Promise<boolean> {
  return (await (await database()).count('clip', id)) > 0;
}

/** Ids of what belongs to no listed project, clips, documents and followed frames, as a tab leaves them that was closed at once. */
export async function orphans(): Promise<string[]> {
  const reading = (await database()).transaction(BY_ID);
  const [listed, ...others] = await Promise.all(
    BY_ID.map((store) => reading.objectStore(store).getAllKeys()),
  );
  const known = new Set(listed);
  return [...new Set([...others.flat(), ...(await journalNames())])].filter((id) => !known.has(id));
}

/** What was kept, unchecked: another version of this page may have written it. */
export async function readKept(
  id: string,
): Promise<{ recent: Recent | undefined; document: unknown; clip: KeptClip | undefined }> {
  const reading = (await database()).transaction(STORES);
  const [recent, kept, clip] = await Promise.all([
    reading.objectStore('recent').get(id),
    reading.objectStore('document').get(id),
    reading.objectStore('clip').get(id),
  ]);
  // An earlier version wrote it whole. Before there is a result its stamp is empty.
  if (kept?.stamp === undefined) return { recent, document: kept, clip };
  const { stamp, ...document } = kept;
  const result = (await reading.objectStore('result').get([id, stamp])) ?? null;
  return { recent, document: { ...document, result }, clip };
}

export async function removeKept(id: string): Promise<void> {
  const writing = (await database()).transaction(STORES, 'readwrite');
  await removeIn(writing, id);
  await writing.done;
  await removeJournal(id);
}
