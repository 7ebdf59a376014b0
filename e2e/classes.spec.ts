import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';
const { classes, review } = strings;

/** Pastes a text into a field, as from another program. */
const paste = (field: Locator, text: string) =>
  field.evaluate((input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);

/** Without a dialog to choose a file, as in Firefox and Safari, exports are downloads. */
test.beforeEach(({ page }) =>
  page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker')).then(() => undefined),
);

test('classes are given by keys, frames marked as reviewed; both last over a reload and are in COCO', async ({
  page,
}) => {
  const { objects, playhead } = parts(page);
  const first = strings.objects.named(1);
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 1);
  await objectsFound(page);

  await test.step('a pasted list makes classes; a digit gives one to the selected object', async () => {
    await button(page, classes.title(0)).click();
    await paste(page.getByRole('textbox', { name: classes.add }), 'ball\nbox');
    await expect(page.getByRole('list', { name: classes.list }).getByRole('listitem')).toHaveCount(2);
    await objects.first().click();
    await page.keyboard.press('1');
    await expect(objects.first()).toContainText('ball');
    await page.keyboard.press('2');
    await expect(objects.first()).toContainText('box');
    await page.keyboard.press('Control+z');
    await expect(objects.first()).toContainText('ball');
    await page.keyboard.press('Control+Shift+z');
    await expect(button(page, strings.bar.undoEdit(classes.edits.give(first, 'box')))).toBeVisible();
  });

  await test.step('frames are marked as reviewed, and the next one that is not is found', async () => {
    await page.keyboard.press('v');
    await page.keyboard.press('.');
    await page.keyboard.press('v');
    await expect(page.getByText(review.count(2, 20))).toBeVisible();
    await page.keyboard.press(',');
    await page.keyboard.press('Shift+V');
    await expect(playhead).toHaveAttribute('aria-valuenow', '3');
  });

  await test.step('it can be used by everybody', async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  });

  await test.step('all is back after a reload', async () => {
    await expect(page.getByText(strings.project.states.saved)).toBeVisible();
    await page.reload();
    await expect(objects.first()).toContainText('box', { timeout: 60_000 });
    await expect(page.getByText(review.count(2, 20))).toBeVisible();
    await expect(button(page, classes.title(2))).toBeVisible();
  });

  await test.step('COCO has all classes, and of the frames those that were reviewed', async () => {
    const dialog = page.getByRole('dialog', { name: strings.export.title });
    await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
    await dialog.getByRole('radio', { name: strings.export.kinds.coco.name }).check({ force: true });
    await dialog.getByText(strings.export.reviewedOnly).click();
    await expect(dialog).toContainText(strings.export.count(2));
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: strings.export.start, exact: true }).click();
    const coco = JSON.parse(await readFile(await (await download).path(), 'utf8'));
    const named = coco.categories.map(({ id, name }: { id: number; name: string }) => [id, name]);
    expect(named.slice(0, 2)).toEqual([
      [1, 'ball'],
      [2, 'box'],
    ]);
    expect(coco.images.map((image: { frame_index: number }) => image.frame_index)).toEqual([0, 1]);
    const ofFirst = coco.annotations.filter(({ track_id }: { track_id: number }) => track_id === 1);
    expect(ofFirst.length).toBeGreaterThan(0);
    for (const { category_id } of ofFirst) expect(category_id).toBe(2);
  });
});
