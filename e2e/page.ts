import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';

/**
 * A page that is watched through each test: no request may leave its origin, nothing may break the Content Security
 * Policy, and no error may go unseen.
 */
export const test = base.extend<{ page: Page; refused: string[] }>({
  /** What errors on the console may say in a test that brings them about. */
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
  refused: async ({}, use) => use([]),
  page: async ({ page, baseURL, refused }, use) => {
    const strays: string[] = [];
    const errors: string[] = [];
    page.context().on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== new URL(baseURL!).origin) strays.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.addInitScript(listEverything);
    await use(page);
    expect(strays, 'requests that left the origin').toEqual([]);
    const unexpected = errors.filter((error) => !refused.some((part) => error.includes(part)));
    expect(unexpected, 'errors on the console').toEqual([]);
  },
});

/** For a user who has asked for it once, the list has hidden background areas too: then it has all that was found. */
function listEverything(): void {
  const key = 'unprompted.preferences';
  try {
    if (localStorage.getItem(key)) return;
    localStorage.setItem(key, JSON.stringify({ state: { backgrounds: true }, version: 1 }));
  } catch {
    // A test in which the browser keeps nothing.
  }
}

export { expect };

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

/** Drops files on the page, as a user's hand would. */
export async function drop(page: Page, ...paths: string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), bytes: (await readFile(path)).toString('base64') })),
  );
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of files) {
      transfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
    }
    return transfer;
  }, files);
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('body', event, { dataTransfer });
  }
}

const either = (...names: string[]): RegExp => new RegExp(`^(?:${names.join('|')})$`);

/** The parts of the page that the tests touch. */
export function parts(page: Page) {
  const panel = page.getByRole('complementary', { name: strings.panel.region });
  return {
    tab: (name: keyof typeof strings.panel.tabs) =>
      panel.getByRole('tab', { name: strings.panel.tabs[name] }),
    objects: panel.getByRole('grid', { name: strings.objects.list }).getByRole('row'),
    tau: panel.getByRole('slider', { name: strings.tau.label }),
    /** Starts a run, or goes on with one that was paused. */
    segment: panel.getByRole('button', { name: either(strings.run.segment, strings.run.goOn) }),
    progress: page.getByRole('progressbar', { name: strings.run.progress }),
    cancel: page.getByRole('button', { name: either(strings.run.cancel, strings.run.pause) }),
    playhead: page.getByRole('slider', { name: strings.timeline.playhead }),
    field: (label: string) => panel.getByRole('textbox', { name: label }),
    alert: page.getByRole('alert'),
  };
}

/**
 * Pixels of the stage's masks that are painted, and the sum of their colours: two looks that differ have different sums.
 * Waits until the masks are those of the frame and the run.
 */
export async function painted(page: Page): Promise<{ pixels: number; sum: number }> {
  return page.locator('canvas.overlay:not(.truth, [data-waiting])').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    let pixels = 0;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] === 0) continue;
      pixels++;
      sum += data[i]! + 256 * data[i + 1]! + 65536 * data[i + 2]!;
    }
    return { pixels, sum };
  });
}

/** Opens the settings and stops whatever has started by itself; of a long clip, only its frames up to `last` are left. */
async function settingsOf(page: Page, last?: number): Promise<void> {
  const { tab, field, progress, cancel } = parts(page);
  await expect(tab('settings')).toBeVisible();
  await tab('settings').click();
  await expect(field(strings.settings.to)).toBeVisible();
  // A run that ends meanwhile by itself leaves nothing to cancel.
  if (await progress.isVisible()) await cancel.click({ timeout: 10_000 }).catch(() => undefined);
  // A step under way is brought to its end.
  await expect(progress).toBeHidden({ timeout: 60_000 });
  if (last === undefined) return;
  await field(strings.settings.to).fill(String(last));
  await field(strings.settings.to).press('Enter');
}

/** Finds and follows what is in a clip's frames up to `last`, as a clip that is dropped is by itself. */
export async function followUpTo(page: Page, last: number): Promise<void> {
  await settingsOf(page, last);
  await parts(page).segment.click();
}

/**
 * Segments every nth frame of the open clip the paper's way, by appearance alone and without following, whatever has started
 * by itself: many objects within seconds, for tests of what is done with them. Of a long clip, its frames up to `last`.
 */
export async function segmentEvery(page: Page, stride: number, last?: number): Promise<void> {
  const { field, segment } = parts(page);
  await settingsOf(page, last);
  const research = page.getByRole('button', { name: strings.settings.research, exact: true });
  if ((await research.getAttribute('aria-expanded')) !== 'true') await research.click();
  await field(strings.settings.stride).fill(String(stride));
  await field(strings.settings.stride).press('Enter');
  await page
    .getByRole('complementary', { name: strings.panel.region })
    .getByRole('button', { name: new RegExp(strings.settings.clustering) })
    .click();
  await page.getByRole('option', { name: strings.settings.choices.clustering.windowed, exact: true }).click();
  await segment.click();
}

/** Waits until a run has brought objects and followed them through every frame. */
export async function objectsFound(page: Page): Promise<void> {
  await parts(page).tab('objects').click();
  await expect(parts(page).objects.first()).toBeVisible({ timeout: 120_000 });
  await expect(parts(page).progress).toBeHidden({ timeout: 150_000 });
}

/** Gives the first object a name, in its menu. */
export async function renameFirst(page: Page, name: string): Promise<void> {
  const first = strings.objects.named(1);
  await button(page, strings.objects.more(first)).click();
  await page.getByRole('menuitem', { name: strings.objects.rename }).click();
  await page.getByRole('textbox', { name: strings.objects.renameField(first) }).fill(name);
  await page.keyboard.press('Enter');
  await expect(parts(page).objects.first()).toContainText(name);
}
