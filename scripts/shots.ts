// npm run shots: takes the screenshots of docs/images in the built page, as a user would see them.
// npm run shots -- --all [name …]: takes every state at every size, light and dark, or those of some names, to be looked
// through (test-results/shots).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright';
import { germanOf } from '../src/app/words/de.ts';
import { formatsOf } from '../src/app/words/format.ts';
import { strings as english, type Strings } from '../src/app/words/strings.ts';
import { ensureBuilt } from './build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.js';
import { serve } from './serve.ts';

const ALL = process.argv.includes('--all');
const NAMES = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, ALL ? 'test-results/shots' : 'docs/images');
/** The sample that is shown, and every how many of its frames are run: enough for outlines, soon done on a CPU. */
const SAMPLE = 'jelly';
const STRIDE = 12;
const TIMEOUT = { timeout: 300_000 };

/** The words of the page that is shown. */
let strings: Strings = english;

const sample = (page: Page) =>
  page.getByRole('button', { name: strings.landing.sample(strings.landing.titles[SAMPLE]) });

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
  await page.keyboard.press('Escape');
  await tab(page, 'objects').click();
  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  await page.getByRole('dialog', { name: strings.export.title }).waitFor();
}

/** What a button of the bar opens. */
async function opened(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name, exact: true }).click();
}

/** The sample as it comes, with its objects. */
async function finished(page: Page): Promise<void> {
  await sample(page).click();
  await panel(page)
    .getByRole('grid', { name: strings.objects.list })
    .getByRole('row')
    .first()
    .waitFor(TIMEOUT);
  await page.waitForTimeout(3000);
}

/** A list of classes, and the menu of an object that one can be given in. */
async function classes(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await tab(page, 'objects').click();
  await panel(page)
    .getByRole('button', { name: strings.classes.title(0) })
    .click();
  const field = panel(page).getByRole('textbox', { name: strings.classes.add });
  await field.fill(strings.classes.example);
  await field.press('Enter');
  await panel(page).getByRole('row').first().click({ button: 'right' });
}

async function segmented(page: Page): Promise<void> {
  await sample(page).click();
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
  landing: (page: Page) => sample(page).waitFor(),
  objects: segmented,
  attention: (page: Page) => pinned(page, 'attention'),
  distance: (page: Page) => pinned(page, 'distance'),
  motion: (page: Page) => view(page, 'motion'),
  hierarchy: (page: Page) => view(page, 'hierarchy'),
  click: (page: Page) => holding(page, 'click'),
  brush: (page: Page) => holding(page, 'brush'),
  effects: async (page: Page) => {
    await inTab(page, 'effects');
    const choices = page.getByRole('radiogroup', { name: strings.effects.background });
    await choices.getByText(strings.effects.backgrounds.blur, { exact: true }).click();
    await page.waitForTimeout(2000);
  },
  classes,
  settings: (page: Page) => inTab(page, 'settings'),
  report: (page: Page) => inTab(page, 'report'),
  export: exporting,
  shortcuts: (page: Page) => opened(page, strings.bar.help),
  models: (page: Page) => opened(page, strings.bar.models),
  queue: async (page: Page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await queued(page);
  },
} as const satisfies Record<string, (page: Page) => Promise<unknown>>;
type State = keyof typeof STATES | 'finished';

/** Those that need no run. */
const SOON = ['landing', 'finished', 'click', 'effects', 'classes', 'export', 'shortcuts', 'queue'] as const;

async function session(
  name: string,
  options: BrowserContextOptions,
  states: readonly State[],
): Promise<void> {
  if (NAMES.length > 0 && !NAMES.some((part) => name.startsWith(part))) return;
  strings = options.locale === 'de-DE' ? germanOf(formatsOf('de')) : english;
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(served.url);
  for (const state of states) {
    await (state === 'finished' ? finished : STATES[state])(page);
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(OUT, `${name}-${state}.png`) });
    console.log(`${name}-${state}.png`);
  }
  await context.close();
}

/** As other people have it: in German, in forced colours, enlarged. */
const OTHERS: Record<string, BrowserContextOptions> = {
  german: { viewport: SIZES.phone, locale: 'de-DE', colorScheme: 'light' },
  forced: { viewport: SIZES.page, forcedColors: 'active', colorScheme: 'dark' },
  enlarged: { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2, colorScheme: 'dark' },
};

try {
  if (ALL) {
    for (const [name, viewport] of Object.entries(SIZES))
      for (const colorScheme of ['dark', 'light'] as const)
        await session(`${name}-${colorScheme}`, { viewport, colorScheme }, Object.keys(STATES) as State[]);
    for (const [name, options] of Object.entries(OTHERS)) await session(name, options, SOON);
  } else {
    const shown = ['landing', 'objects', 'attention', 'hierarchy', 'report', 'export'] as const;
    await session('page', { viewport: SIZES.page, colorScheme: 'dark' }, shown);
    await session('phone', { viewport: SIZES.phone, colorScheme: 'light' }, ['objects', 'attention']);
  }
} finally {
  await browser.close();
  await served.close();
}
