declare global {
  // Not in TypeScript's own library, as not every browser has them.
  interface FileSystemFileHandle {
    requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
  }
}

/** Where a dropped file lies, if the browser says so: a clip too large to be copied can be read there again. */
const handles = new WeakMap<File, FileSystemFileHandle>();

export const remember = (file: File, handle: FileSystemFileHandle): unknown => handles.set(file, handle);

/** The handles of all files, or null where one has none. */
export function handlesOf(files: readonly File[]): FileSystemFileHandle[] | null {
  const found = files.map((file) => handles.get(file)).filter((handle) => handle !== undefined);
  return found.length === files.length ? found : null;
}
