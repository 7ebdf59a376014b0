/** The golden files of test/fixtures/goldens, read from the disk in Node and from the test server in a browser. */
export async function golden(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`./fixtures/goldens/${name}`, import.meta.url);
  if (import.meta.env.SSR) {
    const { readFile } = await import('node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
