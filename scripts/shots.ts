// npm run shots: takes the screenshots of docs/images in the built page, as a user would see them.
// npm run shots -- --all: takes every state at every size, light and dark, to be looked through (test-results/shots).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { strings } from '../src/app/words/strings.ts';
import { ensureBuilt } from './build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.js';
import { serve } from './serve.ts';

const ALL = process.argv.includes('--all');
const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, ALL ? 'test-results/shots' : 'docs/images');
/** The sample that is shown, and every how many of its frames are run: enough for outlines, soon done on a CPU. */
const SAMPLE = 'Two jellyfish';
const STRIDE = 12;
const TIMEOUT = { timeout: 300_000 };

const panel = (page: Page) => page.getByRole('complementary', { name: strings.panel.region });
const tab = (page: Page, name: keyof typeof strings.panel.tabs) =>
  panel(page).getByRole('tab', { name: strings.panel.tabs[name] });

const view = (page: Page, mode: 'masks' | 'motion' | 'attention' | 'hierarchy' | 'distance') =>
  page
    .getByRole('radiogroup', { name: strings.stage.view })
    .getByText(strings.stage[mode], { exact: true })
    .click();

/** Pins a token of the jellyfish's bell. */
async function pinned(page: Page, mode: 'attention' | 'distance'): Promise<void> {
  await view(page, mode);
  const [label, reported] =
    mode === 'attention'
      ? [strings.stage.attentionSurface, strings.stage.attentionPinned]
      : [strings.stage.distanceSurface, strings.stage.distancePinned];
  const surface = page.getByRole('button', { name: label, exact: true });
  const { width, height } = (await surface.boundingBox())!;
  await surface.click({ position: { x: 0.65 * width, y: 0.5 * height } });
  await page.getByText(reported).waitFor();
  // A of the frame is made again.
  await page.waitForTimeout(4000);
}

/** A tool in hand, with the pointer on the jellyfish. */
async function holding(page: Page, tool: 'brush' | 'click'): Promise<void> {
  await view(page, 'masks');
  await page.getByRole('button', { name: strings[tool].tool, exact: true }).click();
  await page.getByRole('img', { name: strings.stage.picture }).hover({ force: true });
}

async function inTab(page: Page, name: keyof typeof strings.panel.tabs): Promise<void> {
  await page.keyboard.press('Escape');
  await view(page, 'masks');
  await tab(page, name).click();
}

/** Several clips at once. */
async function queued(page: Page): Promise<void> {
  const chosen = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  await (await chosen).setFiles(
    ['bframes', 'variable'].map((name) => join(ROOT, `test/fixtures/video/${name}.mp4`)),
  );
  await page.getByRole('navigation', { name: strings.queue.region }).waitFor();
  await panel(page).getByRole('grid', { name: strings.objects.list }).waitFor(TIMEOUT);
}

async function exporting(page: Page): Promise<void> {
  await tab(page, 'objects').click();
  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  await page.getByRole('dialog', { name: strings.export.title }).waitFor();
}

async function segmented(page: Page): Promise<void> {
  await page.getByRole('button', { name: strings.landing.sample(SAMPLE) }).click();
  await tab(page, 'settings').click();
  await panel(page).getByRole('button', { name: strings.settings.research, exact: true }).click();
  const stride = panel(page).getByRole('textbox', { name: strings.settings.stride });
  await stride.fill(String(STRIDE));
  await stride.press('Enter');
  await panel(page).getByRole('button', { name: strings.run.segment, exact: true }).click();
  await tab(page, 'objects').click();
  // The sample came with objects: those that are wanted have their numbers here, to be looked at.
  const progress = page.getByRole('progressbar', { name: strings.run.progress });
  await progress.waitFor();
  await progress.waitFor({ ...TIMEOUT, state: 'hidden' });
  // Thumbnails and the overlay follow the list.
  await page.waitForTimeout(3000);
}

await ensureBuilt(() => console.log('Building …'));
await mkdir(OUT, { recursive: true });
const served = await serve(0);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });

const SIZES = {
  page: { width: 1440, height: 900 },
  wide: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
} as const;

/** Every state, in an order in which each can be reached from the one before. */
const STATES = {
  landing: (page: Page) => page.getByRole('button', { name: strings.landing.sample(SAMPLE) }).waitFor(),
  objects: segmented,
  attention: (page: Page) => pinned(page, 'attention'),
  distance: (page: Page) => pinned(page, 'distance'),
  motion: (page: Page) => view(page, 'motion'),
  hierarchy: (page: Page) => view(page, 'hierarchy'),
  click: (page: Page) => holding(page, 'click'),
  brush: (page: Page) => holding(page, 'brush'),
  effects: (page: Page) => inTab(page, 'effects'),
  settings: (page: Page) => inTab(page, 'settings'),
  report: (page: Page) => inTab(page, 'report'),
  export: exporting,
  queue: async (page: Page) => {
    await page.keyboard.press('Escape');
    await queued(page);
  },
} as const satisfies Record<string, (page: Page) => Promise<unknown>>;
type State = keyof typeof STATES;

async function session(
  name: string,
  viewport: { width: number; height: number },
  colorScheme: 'dark' | 'light',
  states: readonly State[],
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  await page.goto(served.url);
  for (const state of states) {
    await STATES[state](page);
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(OUT, `${name}-${state}.png`) });
    console.log(`${name}-${state}.png`);
  }
  await context.close();
}

try {
  if (ALL)
    for (const [name, size] of Object.entries(SIZES))
      for (const scheme of ['dark', 'light'] as const)
        await session(`${name}-${scheme}`, size, scheme, Object.keys(STATES) as State[]);
  else {
    const shown = ['landing', 'objects', 'attention', 'hierarchy', 'report', 'export'] as const;
    await session('page', SIZES.page, 'dark', shown);
    await session('phone', SIZES.phone, 'light', ['objects', 'attention']);
  }
} finally {
  await browser.close();
  await served.close();
}
