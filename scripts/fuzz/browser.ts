import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { root } from '../build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.js';
import { count, emptyTally, type FuzzOrder, type Tally } from './answer.ts';

const MEDIA = /\.(mp4|mov|webm|mkv|mpegts|gif|webp|png|jpg|avi|flv|ogv|wmv|m4a)$/;

/** Has mutated clips opened and their frames read in a headless Chromium, by the page's own reader. */
export async function fuzzClips({ files, seed, limit }: FuzzOrder): Promise<Tally> {
  const folder = join(root, 'test/fixtures/video');
  const names = (await readdir(folder, { recursive: true })).filter((name) => MEDIA.test(name)).sort();
  const tally = emptyTally(names.length);
  await inBrowser(async (open) => {
    let page = await open();
    for (let file = 0; file < files; file++) {
      const name = names[file % names.length] ?? '';
      const own = seed + file;
      const began = performance.now();
      try {
        const { answer, milliseconds } = await page.evaluate(
          async ([name, seed, limit]) => {
            const { attempt } = (await import(
              '/scripts/fuzz/page.ts' as string
            )) as typeof import('./page.ts');
            return attempt(name, seed, limit);
          },
          [name, own, limit] as const,
        );
        count(tally, name, own, answer, milliseconds);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        count(tally, name, own, { kind: 'crash', detail }, performance.now() - began);
        await page.close();
        page = await open();
      }
    }
  });
  return tally;
}

/** Runs `work` with a way to open fresh pages, which can import the source. */
export async function inBrowser(work: (open: () => Promise<Page>) => Promise<void>): Promise<void> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    server: { hmr: false, watch: null },
    // Found while files are read, a dependency would reload the page.
    optimizeDeps: { noDiscovery: true, include: ['mediabunny'] },
  });
  let browser: Browser | null = null;
  try {
    await server.listen();
    const address = server.resolvedUrls?.local[0];
    if (!address) throw new Error('The server has no address.');
    const running = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
    browser = running;
    await work(async () => {
      const page = await running.newPage();
      await page.goto(`${address}scripts/fuzz/page.html`);
      return page;
    });
  } finally {
    await browser?.close();
    await server.close();
  }
}
