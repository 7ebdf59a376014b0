import type { Locator, Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';
/** A browser has no decoder for MPEG-4 Part 2. */
const UNSUPPORTED = 'test/fixtures/video/mpeg4.mp4';

const stage = (page: Page) => page.locator('.stage');
const view = (page: Page, mode: 'masks' | 'motion' | 'attention' | 'hierarchy' | 'distance') =>
  page
    .getByRole('radiogroup', { name: strings.stage.view })
    .getByText(strings.stage[mode], { exact: true })
    .click();

/** Where something is, in whole pixels. */
async function place(of: Locator): Promise<readonly number[]> {
  const { x, y, width, height } = (await of.boundingBox())!;
  return [x, y, width, height].map(Math.round);
}

/** What can be pressed, in the dialog that is open if any, and lies under a notice; the picture itself is no button. */
const covered = (page: Page) =>
  page.evaluate(() => {
    // What does not fit of them can be scrolled to.
    const notices = [...document.querySelectorAll('.notices')].map((one) => one.getBoundingClientRect());
    const page = document.querySelector('[role=dialog]') ?? document;
    return [...page.querySelectorAll('button, a, input, [role=slider], [role=separator]')]
      .filter((one) => !one.closest('.notices, .picture') && one.checkVisibility())
      .filter((one) => {
        const { left, right, top, bottom, width } = one.getBoundingClientRect();
        return notices.some(
          (notice) =>
            width > 1 &&
            left < notice.right &&
            right > notice.left &&
            top < notice.bottom &&
            bottom > notice.top,
        );
      })
      .map((one) => one.outerHTML.slice(0, 120));
  });

for (const [name, viewport] of [
  ['large', { width: 1440, height: 900 }],
  ['small', { width: 1024, height: 700 }],
  ['a phone’s', { width: 390, height: 844 }],
] as const)
  test(`notices cover nothing that can be pressed on ${name} screen`, async ({ page }) => {
    const { alert } = parts(page);
    await page.setViewportSize(viewport);
    await page.goto('/');
    await drop(page, UNSUPPORTED);
    await expect(alert).toBeVisible();
    expect(await covered(page)).toEqual([]);

    await drop(page, CLIP, 'test/fixtures/video/variable.mp4');
    await expect(page.getByRole('navigation', { name: strings.queue.region })).toBeVisible();
    await drop(page, UNSUPPORTED);
    await expect(alert).toBeVisible({ timeout: 60_000 });
    expect(await covered(page)).toEqual([]);

    // In a dialog it is in the dialog, where it can be read and dismissed.
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: strings.help.title });
    await expect(help.getByRole('alert')).toBeVisible();
    expect(await covered(page)).toEqual([]);
    await help.getByRole('button', { name: strings.notices.dismiss }).click();
    await expect(help.getByRole('alert')).toBeHidden();
    await expect(help).toBeVisible();
  });

test('the picture has one size in every view, before, during and after a run', async ({ page }) => {
  const { objects, tab, progress } = parts(page);
  await page.goto('/');
  await drop(page, CLIP);
  await expect(stage(page)).toBeVisible();
  const size = await place(stage(page));
  const same = async (when: string) => expect(await place(stage(page)), when).toEqual(size);
  await expect(objects.first()).toBeVisible({ timeout: 120_000 });
  await same('with objects');
  await expect(progress).toBeHidden({ timeout: 150_000 });
  await same('after the first run');
  await page.keyboard.press('v');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('i');
  await same('with a reviewed frame, and a part');
  await segmentEvery(page, 5);
  await same('during a run');
  await objectsFound(page);
  await same('after it');
  for (const mode of ['motion', 'hierarchy', 'attention', 'distance'] as const) {
    await view(page, mode);
    await same(mode);
    if (mode !== 'attention' && mode !== 'distance') continue;
    await button(page, strings.stage[mode === 'attention' ? 'attentionSurface' : 'distanceSurface']).click();
    await expect(page.locator('.key-frames')).toBeVisible();
    await same(`${mode}, pinned`);
  }
  await tab('settings').click();
  for (const width of [1100, 1000, 900]) {
    await page.setViewportSize({ width, height: 720 });
    await view(page, 'masks');
    const narrow = await place(stage(page));
    await view(page, 'distance');
    expect(await place(stage(page)), `${width} wide`).toEqual(narrow);
  }
});

test('on an enlarged page a tool’s bar is in sight: first steps make room for it', async ({ page }) => {
  const guide = page.getByRole('complementary', { name: strings.guide.title });
  const bar = page.getByRole('region', { name: strings.click.bar });
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto('/');
  await button(page, strings.landing.sample('An eagle in flight')).click();
  await expect(guide).toBeVisible({ timeout: 120_000 });
  await page.keyboard.press('c');
  await expect(bar).toBeInViewport({ ratio: 1 });
  await expect(guide).toBeHidden();
  await bar.getByRole('button', { name: strings.click.done }).click();
  await expect(guide).toBeVisible();
});

test('lanes get the room they are given, by hand or keys, and keep it and their names', async ({ page }) => {
  const edge = page.getByRole('separator', { name: strings.timeline.splitter });
  const lanes = page.locator('.lanes-room');
  const height = async () => (await lanes.boundingBox())!.height;
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);
  const usual = await height();
  const { x, y, width } = (await edge.boundingBox())!;
  await page.mouse.move(x + width / 2, y + 4);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y - 56, { steps: 3 });
  await page.mouse.up();
  expect(await height()).toBeCloseTo(usual + 60, 0);
  await edge.focus();
  await page.keyboard.press('ArrowDown');
  expect(await height()).toBeCloseTo(usual + 40, 0);
  await expect(edge).toHaveAttribute('aria-valuenow', /^\d+$/);
  await expect(page.getByText(strings.project.states.saved)).toBeVisible();
  await page.reload();
  await expect(lanes).toBeVisible({ timeout: 60_000 });
  expect(await height()).toBeCloseTo(usual + 40, 0);
  await edge.dblclick();
  expect(await height()).toBeCloseTo(usual, 0);

  const name = page.locator('.lane-name').first();
  await parts(page).playhead.press('End');
  for (let i = 0; i < 3; i++) await page.keyboard.press('z');
  await expect(name).toBeInViewport({ ratio: 1 });
});

test('a part is chosen by its handles, and is what is played', async ({ page }) => {
  const { playhead } = parts(page);
  const handle = (side: 'in' | 'out') =>
    page.getByRole('slider', { name: strings.timeline.trims[side], exact: true });
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await objectsFound(page);
  const film = (await playhead.boundingBox())!;
  const grip = (await handle('in').boundingBox())!;
  await page.mouse.move(grip.x + 4, grip.y + 6);
  await page.mouse.down();
  await page.mouse.move(film.x + 0.28 * film.width, grip.y + 6, { steps: 4 });
  await page.mouse.up();
  await expect(handle('in')).toHaveAttribute('aria-valuenow', '6');
  await expect(playhead).toHaveAttribute('aria-valuenow', '6');
  await handle('out').focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowLeft');
  await expect(handle('out')).toHaveAttribute('aria-valuenow', '9');
  await expect(page.getByText(strings.timeline.part(6, 9))).toBeVisible();

  const shown = new Set<number>();
  await button(page, strings.timeline.play).click();
  for (let i = 0; i < 30; i++) {
    shown.add(Number(await playhead.getAttribute('aria-valuenow')));
    await page.waitForTimeout(40);
  }
  expect(shown.size).toBeGreaterThan(1);
  expect(Math.min(...shown)).toBeGreaterThanOrEqual(6);
  expect(Math.max(...shown)).toBeLessThanOrEqual(9);
  await page.keyboard.press('k');

  await button(page, strings.timeline.clearPart).click();
  await expect(handle('out')).toHaveAttribute('aria-valuenow', '20');
});
