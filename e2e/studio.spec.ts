import type { Page } from '@playwright/test';
import { ACTIONS } from '../src/app/actions/table.ts';
import { strings } from '../src/app/words/strings.ts';
import {
  button,
  drop,
  expect,
  objectsFound,
  painted,
  parts,
  renameFirst,
  segmentEvery,
  test,
} from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

test.beforeEach(({ page }) => page.goto('/').then(() => undefined));

test('objects are edited, looked at, played through and looked into, and every edit is undone', async ({
  page,
}) => {
  const { objects, tau, playhead } = parts(page);
  const away = () => page.mouse.move(2, 2);
  const sum = async () => (await painted(page)).sum;
  const at = (frame: number) => expect(playhead).toHaveAttribute('aria-valuenow', String(frame));

  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);

  await test.step('τ down to its end finds parts', async () => {
    const wholes = await objects.count();
    await tau.focus();
    await tau.press('Home');
    await expect.poll(() => objects.count(), { timeout: 120_000 }).toBeGreaterThan(Math.max(3, wholes));
    await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
    await tau.blur();
  });
  const count = await objects.count();
  await test.step('background areas are folded away, and listed again', async () => {
    const fold = page.getByRole('button', { name: /^\d+ background areas$/ });
    const areas = Number.parseInt((await fold.textContent())!, 10);
    await fold.click();
    await expect(fold).toHaveAttribute('aria-expanded', 'false');
    await expect(objects).toHaveCount(count - areas);
    await fold.click();
    await expect(objects).toHaveCount(count);
  });
  await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
  const looks = await sum();

  await test.step('renamed, merged and taken apart', async () => {
    await renameFirst(page, 'Ball');

    await page.keyboard.press('1');
    await objects.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await expect(page.getByText(strings.objects.selected(2), { exact: true })).toBeVisible();
    await page.keyboard.press('m');
    await expect(objects).toHaveCount(count - 1);
    await expect(objects.first()).toContainText('Ball');

    await button(page, strings.objects.more('Ball')).click();
    await page.getByRole('menuitem', { name: strings.objects.split }).click();
    await expect(objects).toHaveCount(count);
  });

  await test.step('undone and done again', async () => {
    await expect(button(page, strings.bar.undoEdit(strings.edits.split('Ball')))).toBeVisible();
    for (let edits = 0; edits < 3; edits++) await page.keyboard.press('Control+z');
    await expect(objects.first()).toContainText(strings.objects.named(1));
    await page.keyboard.press('Escape');
    await away();
    await expect.poll(sum).toBe(looks);
    for (let edits = 0; edits < 2; edits++) await page.keyboard.press('Control+Shift+z');
    await expect(objects).toHaveCount(count - 1);
    for (let edits = 0; edits < 2; edits++) await page.keyboard.press('Control+z');
    await expect(objects).toHaveCount(count);
  });

  await test.step('hidden, shown alone, in the spotlight', async () => {
    await page.keyboard.press('1');
    await page.keyboard.press('h');
    await expect(button(page, strings.objects.show(strings.objects.named(1)))).toBeVisible();
    await page.keyboard.press('s');
    await button(page, strings.objects.unsolo).click();
    await page.keyboard.press('h');
    await page.keyboard.press('Escape');
    await away();
    await expect.poll(sum).toBe(looks);
    await page.keyboard.press('x');
    await expect.poll(sum).not.toBe(looks);
    await page.keyboard.press('x');
    await expect.poll(sum).toBe(looks);
  });

  await test.step('moved through and played by keys', async () => {
    await page.keyboard.press('End');
    await at(20);
    await page.keyboard.press(',');
    await at(19);
    await page.keyboard.press('Shift+ArrowLeft');
    await at(9);
    await page.keyboard.press('Home');
    await at(1);
    await page.keyboard.press('l');
    await expect(button(page, strings.timeline.pause)).toBeVisible();
    await expect(playhead).not.toHaveAttribute('aria-valuenow', '1');
    await page.keyboard.press('k');
    await expect(button(page, strings.timeline.play)).toBeVisible();
  });

  await test.step('a part is marked, and the whole is a button away', async () => {
    await page.keyboard.press('Home');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('i');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('o');
    await expect(page.getByText(strings.timeline.part(5, 19))).toBeVisible();
    await button(page, strings.timeline.clearPart).click();
    await expect(page.getByText(strings.timeline.part(5, 19))).toBeHidden();
  });

  await test.step('pointing shows where a token attends, on the frame and over the key frames', async () => {
    await page.keyboard.press('a');
    await expect(page.getByText(strings.stage.attentionHint)).toBeVisible();
    const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const keyFrames = page.getByRole('list', { name: strings.stage.keyFrames });
    await expect(keyFrames.getByRole('button').first()).toBeVisible();
    await expect(page.getByText(strings.stage.attentionPinned)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText(strings.stage.attentionHint)).toBeVisible();
    await page.keyboard.press('a');
    await expect(page.getByText(strings.stage.attentionHint)).toBeHidden();
  });

  await test.step('on a phone nothing runs off the screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const tab of ['objects', 'settings', 'report'] as const) {
      await parts(page).tab(tab).click();
      expect(await spill(page)).toBe(0);
    }
    const picture = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
    expect(picture.width).toBeGreaterThan(200);
  });
});

test('the help lists every action, and the theme is kept', async ({ page }) => {
  await expect(button(page, strings.landing.choose)).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: strings.help.title });
  for (const { label } of ACTIONS) await expect(help.getByText(label, { exact: true }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  await button(page, strings.bar.theme).click();
  await page.getByRole('menuitemradio', { name: strings.bar.themes.dark }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the first screen fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(button(page, strings.landing.choose)).toBeVisible();
  expect(await spill(page)).toBe(0);
});

/** Pixels that the page is wider than the screen. */
const spill = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
