import type { Locator, Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';
const WIDTH = 360;

test.use({ viewport: { width: WIDTH, height: 740 }, isMobile: true, hasTouch: true });

const picture = (page: Page) => page.getByRole('img', { name: strings.stage.picture });
const sum = async (page: Page) => (await painted(page)).sum;

/** The page is as wide as the screen, and nothing that can be pressed lies beyond its edge. */
async function fits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(WIDTH);
  const beyond = await page
    .locator('button:visible, .slider:visible, .scrubber:visible, .input:visible')
    .evaluateAll((all, width) => {
      const scrolled = (element: Element | null): boolean =>
        element !== null &&
        (getComputedStyle(element).overflowX === 'auto' || scrolled(element.parentElement));
      return all
        .filter(
          (element) =>
            !scrolled(element.closest('.timeline *')) && element.getBoundingClientRect().right > width,
        )
        .map((element) => element.outerHTML.slice(0, 120));
    }, WIDTH);
  expect(beyond).toEqual([]);
}

/** What a view says lies under its pictures, over none of them. */
async function isClear(page: Page, said: string): Promise<void> {
  const { y } = (await page.getByText(said).boundingBox())!;
  for (const shown of await page.locator('.picture').all()) {
    const box = (await shown.boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(y + 1);
  }
}

/** Draws a finger over an element, by shares of it. */
async function swipe(
  page: Page,
  element: Locator,
  way: readonly (readonly [x: number, y: number])[],
): Promise<void> {
  const box = (await element.boundingBox())!;
  const touches = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly [number, number] | null) =>
    touches.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at ? [{ x: box.x + at[0] * box.width, y: box.y + at[1] * box.height }] : [],
    });
  for (const [i, at] of way.entries()) await send(i === 0 ? 'touchStart' : 'touchMove', at);
  await send('touchEnd', null);
  await touches.detach();
}

test('a phone and a finger are enough for every part of the studio', async ({ page }) => {
  const { objects, tab, playhead } = parts(page);
  const view = (mode: 'masks' | 'attention' | 'hierarchy' | 'distance') =>
    page
      .getByRole('radiogroup', { name: strings.stage.view })
      .getByText(strings.stage[mode], { exact: true })
      .tap();
  await page.goto('/');
  await expect(button(page, strings.landing.choose)).toBeVisible();
  await fits(page);
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);
  await fits(page);

  await test.step('objects: found by a tap, renamed, hidden, and all of it undone', async () => {
    await objects.first().tap();
    await expect(objects.first()).toHaveAttribute('aria-selected', 'true');
    await button(page, strings.objects.more(strings.objects.named(1))).tap();
    await fits(page);
    await page.getByRole('menuitem', { name: strings.objects.rename }).tap();
    await page
      .getByRole('textbox', { name: strings.objects.renameField(strings.objects.named(1)) })
      .fill('Ball');
    await page.keyboard.press('Enter');
    await expect(objects.first()).toContainText('Ball');
    await button(page, strings.objects.hide('Ball')).tap();
    await button(page, strings.bar.undoEdit(strings.edits.hide('Ball'))).tap();
    await expect(button(page, strings.objects.hide('Ball'))).toBeVisible();
  });

  await test.step('timeline: scrubbed with a finger, played by a tap', async () => {
    // Back up from the list: the video stays in sight, and the timeline lies under it meanwhile.
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, 0));
    await swipe(page, playhead, [
      [0.1, 0.5],
      [0.5, 0.5],
      [0.99, 0.5],
    ]);
    await expect(playhead).toHaveAttribute('aria-valuenow', '20');
    await swipe(page, playhead, [[0.01, 0.5]]);
    await expect(playhead).toHaveAttribute('aria-valuenow', '1');
    await button(page, strings.timeline.play).tap();
    await expect(playhead).not.toHaveAttribute('aria-valuenow', '1');
    const pause = button(page, strings.timeline.pause);
    // The clip may have come to its end by itself.
    if (await pause.isVisible()) await pause.tap({ timeout: 2000 }).catch(() => undefined);
    await swipe(page, playhead, [[0.01, 0.5]]);
  });

  await test.step('brush: a finger paints, and does not scroll', async () => {
    const before = await sum(page);
    await button(page, strings.brush.tool).tap();
    await page
      .getByRole('radiogroup', { name: strings.brush.mode })
      .getByText(strings.brush.modes.erase)
      .tap();
    await fits(page);
    const { y } = (await picture(page).boundingBox())!;
    await swipe(page, picture(page), [
      [0.2, 0.3],
      [0.5, 0.5],
      [0.8, 0.7],
    ]);
    await expect(button(page, strings.bar.undoEdit(strings.brush.erased('Ball')))).toBeVisible();
    expect((await picture(page).boundingBox())!.y).toBe(y);
    await expect.poll(() => sum(page)).not.toBe(before);
    await button(page, strings.bar.undoEdit(strings.brush.erased('Ball'))).tap();
    await button(page, strings.brush.done).tap();
  });

  await test.step('inside the method: a tap pins, in each view', async () => {
    await view('attention');
    await button(page, strings.stage.attentionSurface).tap();
    await expect(page.getByText(strings.stage.attentionPinned)).toBeVisible();
    await isClear(page, strings.stage.attentionPinned);
    await fits(page);
    await view('distance');
    await button(page, strings.stage.distanceSurface).tap();
    await expect(page.getByText(strings.stage.distancePinned)).toBeVisible();
    await isClear(page, strings.stage.distancePinned);
    await fits(page);
    await view('hierarchy');
    await expect(page.getByRole('slider', { name: strings.hierarchy.level })).toBeVisible();
    await fits(page);
    await view('masks');
  });

  await test.step('settings, report, models, theme and help fit', async () => {
    for (const name of ['settings', 'report', 'objects'] as const) {
      await tab(name).tap();
      await fits(page);
    }
    await button(page, strings.bar.models).tap();
    const models = page.getByRole('dialog', { name: strings.models.title });
    await expect(models).toBeVisible();
    await fits(page);
    await models.getByRole('button', { name: strings.help.close }).tap();
    await button(page, strings.bar.theme).tap();
    await page.getByRole('menuitemradio', { name: strings.bar.themes.dark }).tap();
    await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
    await button(page, strings.bar.help).tap();
    const help = page.getByRole('dialog', { name: strings.help.title });
    await expect(help).toBeVisible();
    await fits(page);
    await help.getByRole('button', { name: strings.help.close }).tap();
  });

  await test.step('exports are chosen and saved', async () => {
    await button(page, strings.bar.export).tap();
    const dialog = page.getByRole('dialog', { name: strings.export.title });
    await dialog.getByText(strings.export.kinds.csv.name, { exact: true }).tap();
    await fits(page);
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: strings.export.start, exact: true }).tap(),
    ]);
    expect(saved.suggestedFilename()).toBe('bframes-objects.csv');
  });
});

for (const [where, viewport] of [
  ['on a phone', { width: 390, height: 844 }],
  ['on a phone on its side', { width: 844, height: 390 }],
  ['at 200 %', { width: 720, height: 450 }],
] as const)
  test(`the list of objects is in sight ${where}, beside the picture`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.goto('/#sample=jelly');
    await expect(parts(page).objects.first()).toBeInViewport({ ratio: 0.9, timeout: 30_000 });
    await expect(picture(page)).toBeInViewport({ ratio: 0.9 });
    await expect(button(page, strings.run.segment)).toBeInViewport({ ratio: 0.9 });
  });
