import { serial } from '../../lib/task.ts';
import type { JournalFile } from '../follow/journal.ts';

/** Where the followed frames of a clip are kept: a file of the browser's own, or an address to GET from and POST to. */
export type JournalPlace = { name: string } | { url: string };

/** Opens the file at a place; null where there can be none. */
export type OpenJournal = (place: JournalPlace) => Promise<JournalFile | null>;

export const openJournalFile: OpenJournal = async (place) =>
  'url' in place ? fileAt(place.url) : ownFile(place.name);

const FOLDER = 'followed';
/** Bytes that are read at a time. */
const PIECE = 2 ** 20;
/** How often to try to open a file that another page holds, as one just left does for a moment; milliseconds in between. */
const TRIES = 20;
const BETWEEN_TRIES = 100;

const folder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

/** A file in the origin-private file system; null where that is denied, outside of workers, and where another tab has it. */
async function ownFile(name: string): Promise<JournalFile | null> {
  try {
    const handle = await (await folder()).getFileHandle(name, { create: true });
    const file = await unlocked(() => handle.createSyncAccessHandle());
    let size = file.getSize();
    return {
      async *read() {
        for (let at = 0; ; ) {
          const piece = new Uint8Array(PIECE);
          const count = file.read(piece, { at });
          if (count === 0) return;
          at += count;
          yield piece.subarray(0, count);
        }
      },
      write(at, bytes) {
        if (at < size) file.truncate(at);
        if (file.write(bytes, { at }) < bytes.length) throw new Error('The disk is full.');
        size = at + bytes.length;
      },
      written: async () => undefined,
      close: async () => file.close(),
    };
  } catch {
    return null;
  }
}

async function unlocked<T>(open: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await open();
    } catch (thrown) {
      const held = thrown instanceof DOMException && thrown.name === 'NoModificationAllowedError';
      if (!held || tries === TRIES) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
    }
  }
}

/** Names of all files of the browser's own; none where they may not be listed. */
export async function journalNames(): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const name of (await folder()).keys()) names.push(name);
  } catch {
    // There is nothing.
  }
  return names;
}

/** Deletes a file of the browser's own, unless an open clip uses it. */
export async function removeJournal(name: string): Promise<void> {
  await folder()
    .then((own) => own.removeEntry(name))
    .catch(() => undefined);
}

/** A file to GET; a POST to its address and a place writes bytes there. */
function fileAt(url: string): JournalFile {
  const turns = serial();
  /** Contiguous pieces that wait to be sent. */
  const waiting: { at: number; end: number; parts: Uint8Array<ArrayBuffer>[] }[] = [];
  let failed: Error | null = null;

  async function send(): Promise<void> {
    const { at, parts } = waiting.shift()!;
    if (failed) throw failed;
    const response = await fetch(`${url}${at}`, { method: 'POST', body: new Blob(parts) });
    if (!response.ok) throw new Error(`What was followed could not be written (${response.status}).`);
  }

  return {
    async *read() {
      const response = await fetch(`${url}0`);
      const reader = response.ok ? response.body?.getReader() : undefined;
      try {
        for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
          yield next.value;
      } finally {
        await reader?.cancel();
      }
    },
    write(at, bytes) {
      if (failed) throw failed;
      const last = waiting.at(-1);
      if (last?.end === at) {
        last.parts.push(bytes);
        last.end += bytes.length;
        return;
      }
      waiting.push({ at, end: at + bytes.length, parts: [bytes] });
      turns(send).catch((thrown: unknown) => {
        failed = thrown instanceof Error ? thrown : new Error(String(thrown));
      });
    },
    written: () => turns.idle(),
    close: () => turns.idle(),
  };
}
