// node --import tsx bench/long-page.ts CLIP [MINUTES]: opens a long clip in the built page, lets it be followed, and goes to frames far
// away now and then, as a hand does. Prints how many frames are followed by then, how long the masks of such a frame take to come,
// and what the tab holds in memory; stops after so many minutes, or at the clip's last frame.
import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { chromium, type Page } from 'playwright';
import { tabMemory } from '../cli/engine.ts';
import { ensureBuilt } from '../scripts/build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/chromium.js';
import { serve } from '../scripts/serve.ts';
import { strings } from '../src/app/words/strings.ts';
import { line, machine, openPage, painted } from './figures.ts';

/** Milliseconds between two looks, and the most that masks are waited for. */
const EVERY = 60_000;
const TIMEOUT = 120_000;
/** Milliseconds within which a frame's picture comes. */
const PICTURE = 500;
/** Where a hand goes, as shares of the clip: far from where it is, and never where it was. */
const PLACES = [0.5, 0.9, 0.2, 0.7, 0.35, 0.97, 0.1, 0.6];

/** Whether the frame on the stage has masks of its own, or a preview; there may be no object in them. */
const masked = (onTheirWay: string) =>
  document.querySelector('canvas.overlay:not(.truth, [data-waiting])') !== null &&
  !document.querySelector('.stage-mark')?.textContent?.includes(onTheirWay);

/** Goes along the filmstrip to a share of the clip; gives the seconds until that frame's masks are there. */
async function goTo(page: Page, share: number): Promise<number> {
  const box = (await page.getByRole('slider', { name: strings.timeline.playhead }).boundingBox())!;
  const began = performance.now();
  await page.mouse.click(box.x + share * box.width, box.y + box.height / 2);
  // Until the frame's picture has come, the masks are those of the frame before.
  await page.waitForTimeout(PICTURE);
  await page.waitForFunction(masked, strings.run.onTheirWay, { timeout: TIMEOUT, polling: 50 });
  return (performance.now() - began) / 1000;
}

const [clip, minutes = '60'] = process.argv.slice(2);
if (!clip) throw new Error('Which clip?');
await ensureBuilt(() => console.log('Building the app (once) …'));
console.log(machine(loadavg()[0] ?? 0).join('\n'));
const served = await serve(0);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
const page = await openPage(browser);
await page.goto(served.url);
const chosen = page.waitForEvent('filechooser');
await page.getByRole('button', { name: strings.landing.choose }).click();
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
await (await chosen).setFiles(clip);
await page.getByRole('slider', { name: strings.timeline.playhead }).waitFor();
const frames = Number(await page.locator('[data-playhead]').getAttribute('aria-valuemax'));
console.log(`${basename(clip)}: ${frames} frames, opened after ${seconds().toFixed(1)} s`);
await page.waitForFunction(painted, undefined, { timeout: TIMEOUT, polling: 100 });
console.log(`first masks after ${seconds().toFixed(1)} s`);
const progress = page.getByRole('progressbar', { name: strings.run.progress });
const followed = page.locator('.run-status[data-phase=following]');
await followed.waitFor({ timeout: 30 * 60_000 });
console.log(`objects found after ${seconds().toFixed(0)} s`);
console.log(line(['minutes', 'followed', 'masks of a frame far away, s', 'tab MB', 'most so far, MB']));
console.log(line(['---:', '---:', '---:', '---:', '---:']));
for (let look = 0; ; look++) {
  const going = await progress.isVisible();
  const reported = going ? await followed.locator('p span').first().textContent() : 'all';
  const waited = await goTo(page, PLACES[look % PLACES.length]!);
  const memory = await tabMemory(browser);
  const [now, peak] = [memory?.now, memory?.peak].map((bytes) => ((bytes ?? 0) / 1e6).toFixed(0));
  console.log(line([(seconds() / 60).toFixed(1), reported ?? '', waited.toFixed(1), now!, peak!]));
  if (!going || seconds() > 60 * Number(minutes)) break;
  await progress.waitFor({ state: 'hidden', timeout: EVERY }).catch(() => undefined);
}
await browser.close();
await served.close();
process.exit(0);
