/** The files of a drop, those in dropped folders too, hidden ones left out. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // The list is emptied once the event is over: entries are taken before anything is awaited.
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const found = await Promise.all(
    entries.map((entry, place) =>
      entry?.isDirectory ? within(entry as FileSystemDirectoryEntry) : loose[place],
    ),
  );
  return found.flat().filter((file): file is File => file !== undefined && !file.name.startsWith('.'));
}

async function within(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const entries = await listed(folder);
  const files = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory
        ? within(entry as FileSystemDirectoryEntry)
        : new Promise<File[]>((resolve, reject) =>
            (entry as FileSystemFileEntry).file((file) => resolve([file]), reject),
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
