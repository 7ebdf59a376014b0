import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type ZipEntry, zipOf } from './zip.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function zipped(entries: AsyncIterable<ZipEntry> | ZipEntry[]): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of zipOf(entries)) parts.push(part);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

test('another program reads every entry back, stored or deflated, with any name', async () => {
  const text = 'a line of text\n'.repeat(500);
  const zip = await zipped([
    { name: 'stored.bin', input: Uint8Array.of(1, 2, 3) },
    { name: 'a folder/Übung.txt', input: bytesOf(text), deflate: true },
    { name: 'blob', input: new Blob(['of a blob']) },
    { name: 'empty', input: new Uint8Array(0) },
  ]);
  expect(zip.length).toBeLessThan(text.length / 2);
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(['stored.bin', 'a folder/Übung.txt', 'blob', 'empty']);
  expect([...files['stored.bin']!]).toEqual([1, 2, 3]);
  expect(new TextDecoder().decode(files['a folder/Übung.txt'])).toBe(text);
  expect(new TextDecoder().decode(files.blob)).toBe('of a blob');
  expect(files.empty!.length).toBe(0);
});

test('bytes come with each entry, and ending early ends the entries', async () => {
  let [asked, ended] = [0, false];
  async function* entries() {
    try {
      for (;;) yield { name: `${asked++}`, input: new Uint8Array(1000) };
    } finally {
      ended = true;
    }
  }
  let bytes = 0;
  for await (const part of zipOf(entries())) {
    bytes += part.length;
    if (bytes > 3000) break;
  }
  expect(asked).toBeLessThan(5);
  expect(ended).toBe(true);
});

test('what goes wrong with an entry is reported as it is', async () => {
  async function* entries(): AsyncGenerator<ZipEntry> {
    yield { name: 'first', input: new Uint8Array(1) };
    throw new Error('no frame');
  }
  await expect(zipped(entries())).rejects.toThrow('no frame');
});
