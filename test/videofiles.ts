/** Clips for tests in the browser. Vite gives their addresses; a folder that is absent gives none. */
const fixtures = import.meta.glob<string>(['./fixtures/video/*', './fixtures/video/cases/*'], {
  query: '?url',
  import: 'default',
  eager: true,
});
const shared = import.meta.glob<string>('../../shared/data/clips/*', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** A clip of test/fixtures/video or its folder cases, under another name when asked. */
export async function fixture(name: string, as = name): Promise<File> {
  const address = fixtures[`./fixtures/video/${name}`];
  if (!address) throw new Error(`There is no fixture ${name}.`);
  return fetched(address, as.split('/').at(-1) ?? as);
}

/** Are the real clips, which lie outside of the repository, there? */
export const hasRealClips = Object.keys(shared).length > 0;

/** One of the real clips. */
export async function realClip(name: string): Promise<File> {
  return fetched(shared[`../../shared/data/clips/${name}`]!, name);
}

async function fetched(address: string, name: string): Promise<File> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return new File([await response.blob()], name);
}
