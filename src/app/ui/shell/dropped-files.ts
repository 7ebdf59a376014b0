import type { Dropped } from '../../model/truth.ts';

import { remember } from '../../project/handles.ts';

/** The files of a drop, those in dropped folders too, hidden ones left out. */
export async function filesOf(transfer: DataTransfer): Promise<Dropped[]> {
  // The list is emptied once the event is over: entries are taken before anything is awaited.
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const places = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.getAsFileSystemHandle?.());
  for (const [i, place] of (await Promise.all(places)).entries())
    if (place instanceof FileSystemFileHandle && loose[i]) remember(loose[i], place);
  const found = await Promise.all(
    entries.map((entry, place) => {
      if (entry?.isDirectory) return within(entry as FileSystemDirectoryEntry);
      const file = loose[place];
      return file ? [{ path: file.name, file }] : [];
    }),
  );
  return found.flat().filter(({ file }) => !file.name.startsWith('.'));
}

async function within(folder: FileSystemDirectoryEntry): Promise<Dropped[]> {
  const entries = await listed(folder);
  const files = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory
        ? within(entry as FileSystemDirectoryEntry)
        : new Promise<Dropped[]>((resolve, reject) =>
            (entry as FileSystemFileEntry).file(
              (file) => resolve([{ path: entry.fullPath.slice(1), file }]),
              reject,
            ),
          ),
    ),
  );
  return files.flat();
}

/** A reader hands over at most a hundred entries at a time. */
async function listed(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
