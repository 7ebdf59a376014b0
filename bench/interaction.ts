// node --import tsx bench/interaction.ts: how long a hand waits for the page to answer, at rest and while a run is going, from
// every press of a key or button to the next picture, as the browser itself measures it. Prints a table and keeps it in
// bench/README.md. --rest: only at rest, and nothing is kept.
import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright';
import { ensureBuilt } from '../scripts/build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/chromium.js';
import { serve } from '../scripts/serve.ts';
import { strings } from '../src/app/words/strings.ts';
import { keepTable, line, machine, README } from './figures.ts';

const REST_ONLY = process.argv.includes('--rest');
const SAMPLE = 'Two jellyfish';
/** Every how many frames are run: long enough on a CPU for all that is done meanwhile. */
const STRIDES = { first: 8, again: 6 };
/** How often each thing is done. */
const TIMES = 6;
const TIMEOUT = { timeout: 300_000 };

/** What the page notes of itself: the longest event of every interaction, and tasks that held the main thread. */
interface Noted {
  interactions: Record<string, number>;
  longTasks: number[];
  /** Whether the next movement of the pointer is timed. */
  pointing: boolean;
}
type Noting = Window & { noted: Noted };

function note(): void {
  const noted: Noted = { interactions: {}, longTasks: [], pointing: false };
  (window as Window as Noting).noted = noted;
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries() as PerformanceEventTiming[])
      if (interactionId)
        noted.interactions[interactionId] = Math.max(noted.interactions[interactionId] ?? 0, duration);
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.longTasks.push(duration);
  }).observe({ type: 'longtask' });
  // The browser counts no wheel and no movement among its interactions.
  let count = 0;
  const painted = ({ type, timeStamp }: Event) => {
    const name = `${type} ${count++}`;
    requestAnimationFrame(() =>
      setTimeout(() => {
        noted.interactions[name] = performance.now() - timeStamp;
      }),
    );
  };
  const listening = { capture: true, passive: true };
  addEventListener('wheel', painted, listening);
  addEventListener(
    'pointermove',
    (event) => {
      if (noted.pointing) painted(event);
      noted.pointing = false;
    },
    listening,
  );
}

const panel = (page: Page) => page.getByRole('complementary', { name: strings.panel.region });
const tab = (page: Page, name: keyof typeof strings.panel.tabs) =>
  panel(page).getByRole('tab', { name: strings.panel.tabs[name] });
const progress = (page: Page) => page.getByRole('progressbar', { name: strings.run.progress });

/** Starts a run over every nth frame and leaves the panel on its settings. */
async function segment(page: Page, stride: number): Promise<void> {
  await tab(page, 'settings').click();
  const research = panel(page).getByRole('button', { name: strings.settings.research, exact: true });
  if ((await research.getAttribute('aria-expanded')) !== 'true') await research.click();
  const field = panel(page).getByRole('textbox', { name: strings.settings.stride });
  await field.fill(String(stride));
  await field.press('Enter');
  await panel(page).getByRole('button', { name: strings.run.segment, exact: true }).click();
  await progress(page).waitFor();
}

/** What a hand does while it waits. */
const WAYS: Record<string, (page: Page) => Promise<unknown>> = {
  'next frame (key)': (page) => page.keyboard.press('ArrowRight'),
  'along the filmstrip (drag)': async (page) => {
    const box = (await page.getByRole('slider', { name: strings.timeline.playhead }).boundingBox())!;
    const x = (share: number) => box.x + share * box.width;
    await page.mouse.move(x(0.2), box.y + 20);
    await page.mouse.down();
    await page.mouse.move(x(0.8), box.y + 20, { steps: 8 });
    await page.mouse.up();
  },
  'panel to another tab (click)': async (page) => {
    await tab(page, 'report').click();
    await tab(page, 'objects').click();
  },
  'shortcuts open and shut (keys)': async (page) => {
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  },
  'opacity (keys)': async (page) => {
    await page.keyboard.press('-');
    await page.keyboard.press('+');
  },
};
const middle = async (page: Page) => {
  const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** What is done with the objects of a run at hand, and nothing going on. */
const AT_REST: typeof WAYS = {
  'zoom (wheel)': async (page) => {
    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    for (const by of [-120, -120, 120, 120]) await page.mouse.wheel(0, by);
  },
  'pan (drag)': async (page) => {
    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -240);
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(x + 60, y + 20, { steps: 6 });
    await page.mouse.up({ button: 'middle' });
    await page.keyboard.press('f');
  },
  'background blurred and back (click)': async (page) => {
    const { backgrounds, background } = strings.effects;
    await tab(page, 'effects').click();
    const choices = page.getByRole('radiogroup', { name: background });
    for (const name of [backgrounds.blur, backgrounds.none])
      await choices.getByText(name, { exact: true }).click();
    await tab(page, 'objects').click();
  },
  'object asked for (click)': async (page) => {
    await page.keyboard.press('c');
    const { x, y } = await middle(page);
    await page.mouse.click(x - 40, y);
    await page.locator('.click-mark').waitFor();
    await page.waitForTimeout(500);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  },
};
/** A place of the picture where an object is painted. */
const object = async (page: Page) => {
  const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  const [x, y] = await page.locator('canvas.overlay:not(.truth, [data-waiting])').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    const painted = Array.from({ length: width * height }, (_, i) => i).filter((i) => data[4 * i + 3]! > 0);
    const at = painted[Math.floor(painted.length / 2)] ?? 0;
    return [(at % width) / width, Math.floor(at / width) / height] as const;
  });
  return { x: box.x + x * box.width, y: box.y + y * box.height };
};

/** What needs the objects of a run before. */
const WITH_OBJECTS: typeof WAYS = {
  'object pointed at (move)': async (page) => {
    const { x, y } = await object(page);
    await page.mouse.move(2, 2);
    await page.evaluate(() => {
      (window as Window as Noting).noted.pointing = true;
    });
    await page.mouse.move(x, y);
  },
  'object selected (click on the picture)': async (page) => {
    const { x, y } = await object(page);
    await page.mouse.click(x, y);
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
  },
  'object selected (click in the list)': (page) =>
    panel(page).getByRole('grid', { name: strings.objects.list }).getByRole('row').first().click(),
  'object hidden and shown (keys)': async (page) => {
    await page.keyboard.press('h');
    await page.keyboard.press('h');
  },
  'background dimmed and back (keys)': async (page) => {
    await page.keyboard.press('x');
    await page.keyboard.press('x');
  },
  'edit undone and done again (keys)': async (page) => {
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
  },
};

/** Does each thing some times, while a run is going if one has to, and reports how long every answer took; shorter than 16 ms counts as 16. */
async function measure(page: Page, during: string, ways: typeof WAYS, running = true): Promise<string[][]> {
  const going = async () => !running || (await progress(page).isVisible());
  const rows: string[][] = [];
  for (const [name, way] of Object.entries(ways)) {
    await page.evaluate(() => {
      const { noted } = window as Window as Noting;
      noted.interactions = {};
      noted.longTasks = [];
    });
    for (let time = 0; time < TIMES && (await going()); time++) {
      await way(page);
      await page.waitForTimeout(50);
    }
    const unbroken = await going();
    const { interactions, longTasks } = await page.evaluate(() => (window as Window as Noting).noted);
    const all = Object.values(interactions).sort((a, b) => a - b);
    if (!unbroken) throw new Error(`The run was over before “${name}” was: choose a smaller stride.`);
    const at = (share: number) => String(Math.round(all[Math.floor(share * (all.length - 1))] ?? 16));
    rows.push([during, name, at(0.5), at(1), String(Math.round(Math.max(0, ...longTasks)))]);
  }
  return rows;
}

/** All that is done while runs are going. */
async function whileRunning(page: Page): Promise<string[][]> {
  await tab(page, 'objects').click();
  await segment(page, STRIDES.first);
  const first = await measure(page, 'the first run', WAYS);
  await progress(page).waitFor({ state: 'hidden', ...TIMEOUT });
  await segment(page, STRIDES.again);
  await tab(page, 'objects').click();
  const again = await measure(page, 'another run', { ...WAYS, ...WITH_OBJECTS });
  return [...first, ...again];
}

await ensureBuilt(() => console.log('Building …'));
const [load] = loadavg();
const served = await serve(0);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(note);
  await page.goto(served.url);
  await page.getByRole('button', { name: strings.landing.sample(SAMPLE) }).click();
  await panel(page).getByRole('grid', { name: strings.objects.list }).getByRole('row').first().waitFor();
  const rest = await measure(page, 'nothing else', { ...AT_REST, ...WITH_OBJECTS, ...WAYS }, false);
  const running = REST_ONLY ? [] : await whileRunning(page);
  const head = ['during', 'what is done', 'median ms', 'most ms', 'longest task ms'];
  const table = [
    ...machine(load!),
    '',
    line(head),
    line(head.map((_, place) => (place < 2 ? '---' : '---:'))),
    ...[...rest, ...running].map(line),
  ].join('\n');
  console.log(table);
  if (!REST_ONLY) await keepTable(README, 'bench/interaction.ts', table);
} finally {
  await browser.close();
  await served.close();
}
