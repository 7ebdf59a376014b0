import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

const picture = (page: Page) => page.getByRole('img', { name: strings.stage.picture });
const sum = async (page: Page) => (await painted(page)).sum;

/** Opens the clip, with objects in it. */
async function open(page: Page): Promise<void> {
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);
}

test('objects are named under the pointer, have a menu where they are, and a key to rename them', async ({
  page,
}) => {
  const { objects } = parts(page);
  await open(page);
  const first = strings.objects.named(1);
  const lane = page.getByRole('list', { name: strings.timeline.lanes }).getByLabel(new RegExp(`^${first}:`));

  await test.step('what is pointed at is named on the picture', async () => {
    await lane.hover();
    await expect(page.locator('.pointed')).toHaveText(first);
    await page.mouse.move(2, 2);
    await expect(page.locator('.pointed')).toBeHidden();
  });

  await test.step('the right button brings its menu, in the list and on the picture', async () => {
    await objects.first().click({ button: 'right' });
    const menu = page.getByRole('menu', { name: strings.objects.more(first) });
    await expect(menu).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(menu).toBeHidden();
    const box = (await picture(page).boundingBox())!;
    const anywhere = page.getByRole('menu', { name: /^More for / });
    await expect(async () => {
      for (const [x, y] of [
        [0.5, 0.5],
        [0.3, 0.5],
        [0.7, 0.5],
        [0.5, 0.25],
        [0.5, 0.75],
      ] as const) {
        await page.mouse.click(box.x + x * box.width, box.y + y * box.height, { button: 'right' });
        if (await anywhere.isVisible()) return;
      }
      throw new Error('There is no object there.');
    }).toPass({ timeout: 20_000 });
    await page.keyboard.press('Escape');
  });

  await test.step('F2 renames the selected one', async () => {
    await objects.first().click();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: strings.objects.renameField(first) }).fill('Box');
    await page.keyboard.press('Enter');
    await expect(objects.first()).toContainText('Box');
  });
});

test('one foreground, a divider and a trail are chosen and taken back', async ({ page }) => {
  const { objects, tab, tau, playhead } = parts(page);
  await open(page);
  await tau.focus();
  await tau.press('Home');
  await expect(button(page, strings.bar.undoEdit(strings.edits.finer))).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
  const many = await objects.count();

  await test.step('main subject only', async () => {
    await tab('settings').click();
    const single = page.getByRole('checkbox', { name: new RegExp(`^${strings.settings.single}`) });
    await single.check({ force: true });
    await tab('objects').click();
    await expect.poll(() => objects.count()).toBeLessThan(many);
    await tab('settings').click();
    await single.uncheck({ force: true });
    await tab('objects').click();
    await expect(objects).toHaveCount(many);
  });

  await test.step('the divider parts the picture, by its keys too', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+X');
    const divider = page.getByRole('slider', { name: strings.stage.divider });
    await expect(divider).toHaveValue('0.5');
    await divider.focus();
    await divider.press('ArrowLeft');
    await expect(divider).toHaveValue('0.49');
    await expect(page.getByText(strings.stage.before, { exact: true })).toBeVisible();

    await page.emulateMedia({ forcedColors: 'active' });
    const { line, ground } = await page.locator('.divider-thumb').evaluate((thumb) => ({
      line: getComputedStyle(thumb, '::before').backgroundColor,
      ground: getComputedStyle(document.body).backgroundColor,
    }));
    expect(line, 'the line can be told from the ground').not.toBe(ground);
    await page.emulateMedia({ forcedColors: 'none' });
    await page.keyboard.press('Shift+X');
    await expect(divider).toBeHidden();
  });

  await test.step('objects draw the way they came', async () => {
    await playhead.focus();
    await page.keyboard.press('End');
    // The last frame that was analysed: those behind it have no masks.
    await page.keyboard.press('ArrowUp');
    await page.mouse.move(2, 2);
    const bare = await sum(page);
    await tab('effects').click();
    const trail = page.getByRole('checkbox', { name: new RegExp(`^${strings.effects.trail}`) });
    await trail.check({ force: true });
    await page.mouse.move(2, 2);
    await expect.poll(() => sum(page)).not.toBe(bare);
    await button(page, strings.bar.undoEdit(strings.effects.edits.trail)).click();
    await page.mouse.move(2, 2);
    await expect.poll(() => sum(page)).toBe(bare);
  });
});

test('time runs from left to right on a page that is written from right to left', async ({ page }) => {
  const { playhead } = parts(page);
  await open(page);
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  const film = (await playhead.boundingBox())!;
  await page.mouse.click(film.x + 0.12 * film.width, film.y + 40);
  await expect(playhead).toHaveAttribute('aria-valuenow', '3');
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await page.keyboard.press('End');
  await expect(page.locator('.playhead')).toBeInViewport();
  expect(await page.locator('.tracks-window').evaluate((window) => window.scrollLeft)).toBeGreaterThan(0);
});

test('what was said of a clip goes with it, and another one is looked at afresh', async ({ page }) => {
  const { alert, playhead } = parts(page);
  await open(page);
  await drop(page, 'test/fixtures/video/mpeg4.mp4');
  await expect(alert).toHaveAttribute('data-code', 'video/codec');
  await page.keyboard.press('b');
  await page.keyboard.press('Shift+X');
  await page.keyboard.press('z');
  const zoomed = (await playhead.boundingBox())!.width;
  await drop(page, 'test/fixtures/video/variable.mp4');
  await expect(alert).toBeHidden({ timeout: 60_000 });
  await expect(page.getByText('variable.mp4').first()).toBeVisible();
  await expect.poll(async () => (await playhead.boundingBox())!.width).toBeLessThan(zoomed);
  await expect(page.getByRole('region', { name: strings.brush.bar })).toBeHidden();
  await expect(page.getByRole('slider', { name: strings.stage.divider })).toBeHidden();
});
