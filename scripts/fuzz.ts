// npm run fuzz [-- --count N --seed S --limit SECONDS]: opens mutated copies of the small clips of test/fixtures/video and
// reads their frames. Each has to be answered within the limit by frames or by an error with a code; the same seed gives
// the same files. Prints Markdown and keeps it in bench/README.md; fails where a file was not answered.
import { readdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { keepTable, line, machine, README } from '../bench/figures.ts';
import { root } from './build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.js';
import type { Answer } from './fuzz/page.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '5' },
  },
});
const [count, seed, limit] = [Number(values.count), Number(values.seed), Number(values.limit)];

const MEDIA = /\.(mp4|mov|webm|mkv|mpegts|gif|webp|png|jpg|avi|m4a)$/;
const folder = join(root, 'test/fixtures/video');
const names = (await readdir(folder, { recursive: true })).filter((name) => MEDIA.test(name)).sort();

const load = loadavg()[0] ?? 0;
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { hmr: false, watch: null },
});
await server.listen();
const address = server.resolvedUrls?.local[0];
if (!address) throw new Error('The server has no address.');
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });

let crashes = 0;
async function freshPage() {
  const page = await browser.newPage();
  await page.goto(`${address}headless.html`);
  return page;
}

const kinds = new Map<Answer['kind'], number>();
const bad: string[] = [];
let slowest = 0;
let page = await freshPage();
const started = performance.now();
for (let file = 0; file < count; file++) {
  const name = names[file % names.length] ?? '';
  const before = performance.now();
  try {
    const answer = await page.evaluate(
      async ([name, seed, limit]) => {
        const { attempt } = (await import(
          '/scripts/fuzz/page.ts' as string
        )) as typeof import('./fuzz/page.ts');
        return attempt(name, seed, limit);
      },
      [name, seed * 1_000_003 + file, limit] as const,
    );
    kinds.set(answer.kind, (kinds.get(answer.kind) ?? 0) + 1);
    if (answer.kind === 'hung' || answer.kind === 'other error')
      bad.push(`${name}, file ${file}: ${answer.kind} ${answer.detail}`);
  } catch (error) {
    crashes++;
    bad.push(`${name}, file ${file}: the tab crashed (${error instanceof Error ? error.message : error})`);
    page = await freshPage();
  }
  slowest = Math.max(slowest, performance.now() - before);
}
const seconds = (performance.now() - started) / 1000;
await browser.close();
await server.close();

const table = [
  ...machine(load),
  `- seed ${seed}, ${names.length} clips, ${count} mutated copies in ${seconds.toFixed(0)} s; the slowest took ${(slowest / 1000).toFixed(1)} s`,
  '',
  line(['answered by', 'files']),
  line(['---', '---:']),
  ...(['frames', 'some frames', 'coded error', 'other error', 'hung'] as const).map((kind) =>
    line([kind, String(kinds.get(kind) ?? 0)]),
  ),
  line(['crash of the tab', String(crashes)]),
].join('\n');
console.log([table, ...bad].join('\n'));
await keepTable(README, 'scripts/fuzz.ts', table);
process.exitCode = bad.length > 0 ? 1 : 0;
