import { BlobReader, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';

// The browser's own streams do the work: scripts from blobs are not allowed here, and not needed.
configure({ useWebWorkers: false });

export interface ZipEntry {
  /** Path in the archive, `/` between folders. */
  name: string;
  input: Uint8Array<ArrayBuffer> | Blob;
  /** Whether it is made smaller; pictures and videos are compressed already. */
  deflate?: boolean;
}

/** The date of every entry, in local time as zip has it: the same content gives the same bytes whenever it is packed. */
const DATE = new Date(1980, 0, 1);

/**
 * A zip archive, made as its entries come: no more than one entry's bytes are held. Ending the reading early ends that of
 * the entries.
 */
export async function* zipOf(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let made: Uint8Array<ArrayBuffer>[] = [];
  const take = () => {
    const parts = made;
    made = [];
    return parts;
  };
  const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (part) => {
      made.push(part);
    },
  });
  const zip = new ZipWriter(writable, { extendedTimestamp: false, lastModDate: DATE });
  for await (const { name, input, deflate } of entries) {
    const reader = input instanceof Blob ? new BlobReader(input) : new Uint8ArrayReader(input);
    await zip.add(name, reader, { level: deflate ? 6 : 0 });
    yield* take();
  }
  await zip.close();
  yield* take();
}
