// npm run shots: takes the pictures of docs/images from the built page, as a person would come by them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { strings } from '../src/app/words/strings.ts';
import { ensureBuilt } from './build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.js';
import { serve } from './serve.ts';

const OUT = join(import.meta.dirname, '../docs/images');
/** The sample that is shown, and every how many of its frames are run: enough for outlines, soon done on a CPU. */
const SAMPLE = 'Two jellyfish';
const STRIDE = 12;
const PATIENCE = { timeout: 300_000 };

const panel = (page: Page) => page.getByRole('complementary', { name: strings.panel.region });
const tab = (page: Page, name: keyof typeof strings.panel.tabs) =>
  panel(page).getByRole('tab', { name: strings.panel.tabs[name] });

const view = (page: Page, mode: 'masks' | 'attention' | 'hierarchy') =>
  page
    .getByRole('radiogroup', { name: strings.stage.view })
    .getByText(strings.stage[mode], { exact: true })
    .click();

/** Pins a token of the jellyfish's bell. */
async function pinned(page: Page): Promise<void> {
  await view(page, 'attention');
  const surface = page.getByRole('button', { name: strings.stage.attentionSurface, exact: true });
  const { width, height } = (await surface.boundingBox())!;
  await surface.click({ position: { x: 0.65 * width, y: 0.5 * height } });
  await page.getByText(strings.stage.attentionPinned).waitFor();
  // A of the frame is made again.
  await page.waitForTimeout(4000);
}

async function exporting(page: Page): Promise<void> {
  await tab(page, 'objects').click();
  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  await page.getByRole('dialog', { name: strings.export.title }).waitFor();
}

async function segmented(page: Page): Promise<void> {
  await page.getByRole('button', { name: strings.landing.sample(SAMPLE) }).click();
  await tab(page, 'settings').click();
  const stride = panel(page).getByRole('textbox', { name: strings.settings.stride });
  await stride.fill(String(STRIDE));
  await stride.press('Enter');
  await panel(page).getByRole('button', { name: strings.run.segment, exact: true }).click();
  await tab(page, 'objects').click();
  // The sample came with objects: those that are wanted have their numbers here, to be looked at.
  const progress = page.getByRole('progressbar', { name: strings.run.progress });
  await progress.waitFor();
  await progress.waitFor({ ...PATIENCE, state: 'hidden' });
  // Thumbnails and the overlay follow the list.
  await page.waitForTimeout(3000);
}

await ensureBuilt(() => console.log('Building …'));
await mkdir(OUT, { recursive: true });
const served = await serve(0);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });

async function session(
  name: string,
  viewport: { width: number; height: number },
  colorScheme: 'dark' | 'light',
  states: Record<string, (page: Page) => Promise<unknown>>,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  await page.goto(served.url);
  for (const [state, reach] of Object.entries(states)) {
    await reach(page);
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(OUT, `${name}-${state}.png`) });
    console.log(`${name}-${state}.png`);
  }
  await context.close();
}

try {
  await session('page', { width: 1440, height: 900 }, 'dark', {
    landing: (page) => page.getByRole('button', { name: strings.landing.sample(SAMPLE) }).waitFor(),
    objects: segmented,
    attention: pinned,
    hierarchy: (page) => view(page, 'hierarchy'),
    report: async (page) => {
      await view(page, 'masks');
      await tab(page, 'report').click();
    },
    export: exporting,
  });
  await session('phone', { width: 390, height: 844 }, 'light', { objects: segmented, attention: pinned });
} finally {
  await browser.close();
  await served.close();
}
