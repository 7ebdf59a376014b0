import { failure } from './errors.ts';

/** Where an export's bytes go. Writes come one after another; positions may go back. */
export interface Sink {
  write(data: Uint8Array<ArrayBuffer>, position: number): Promise<void>;
  /** Ends the file; gives it where it is held here. */
  close(): Promise<Blob | null>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

declare global {
  /** Not everywhere, and not yet in TypeScript's library. */
  interface FileSystemHandle {
    remove?(): Promise<void>;
  }
}

/** Bytes gathered before they leave the heap. */
const TAIL = 4 * 2 ** 20;

/**
 * Collects a file as a Blob, which browsers keep out of the page's heap and on disk where it grows large: bytes pass
 * through here a few megabytes at a time, and are never held twice.
 */
export function blobSink(type: string): Sink {
  let blob = new Blob([], { type });
  let tail: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  const flush = () => {
    blob = new Blob([blob, ...tail], { type });
    tail = [];
    waiting = 0;
  };
  return {
    async write(data, position) {
      if (position === blob.size + waiting) {
        tail.push(data);
        waiting += data.length;
        if (waiting >= TAIL) flush();
        return;
      }
      flush();
      const missing = new Uint8Array(Math.max(0, position - blob.size));
      blob = new Blob([blob.slice(0, position), missing, data, blob.slice(position + data.length)], { type });
    },
    async close() {
      flush();
      return blob;
    },
    async abort() {
      blob = new Blob();
      tail = [];
    },
  };
}

/** Writes into a file that the user chose; it stays as it was until the end. Throws `export/cannot-write`. */
export async function fileSink(handle: FileSystemFileHandle): Promise<Sink> {
  const asWriteError = (thrown: unknown): never => {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure('export/cannot-write', { name: handle.name, detail }, { cause: thrown });
  };
  const stream = await handle.createWritable().catch(asWriteError);
  return {
    write: (data, position) => stream.write({ type: 'write', position, data }).catch(asWriteError),
    close: () => stream.close().then(() => null, asWriteError),
    async abort() {
      await stream.abort().catch(() => undefined);
      // Choosing a new file has made an empty one.
      const empty = await handle.getFile().then(
        ({ size }) => size === 0,
        () => false,
      );
      if (empty) await handle.remove?.().catch(() => undefined);
    },
  };
}

/** Writes bytes as they come. Gives how many they were. */
export async function writeAll(
  sink: Sink,
  parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<number> {
  let position = 0;
  for await (const part of parts) {
    signal.throwIfAborted();
    await sink.write(part, position);
    position += part.length;
  }
  return position;
}
