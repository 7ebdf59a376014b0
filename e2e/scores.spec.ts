import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { expect, objectsFound, parts, segmentEvery, test } from './page.ts';

/** Four frames of 72 × 48 pixels that `unprompted synth` rendered, with the masks of two objects. */
const SCENE = resolve('test/fixtures/scene');

/** Drops files or folders from the disk through the browser itself, so that folders arrive as folders. */
async function dropFromDisk(page: Page, ...files: string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
}

test.beforeEach(({ page }) => page.goto('/').then(() => undefined));

test('a folder of frames and masks is opened and scored, and edits are scored again', async ({ page }) => {
  const { objects } = parts(page);
  const region = page.getByRole('region', { name: strings.scores.region });
  const figures = region.getByRole('definition');
  const both = async () => Number(await figures.first().textContent());

  await dropFromDisk(page, SCENE);
  await segmentEvery(page, 1);
  await objectsFound(page);
  await expect(region.getByRole('status')).toHaveText(strings.scores.over(2, 4));
  await expect(figures).toHaveCount(3);
  const before = await both();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(100);
  await expect(objects.filter({ hasText: /truth \d: J/ }).first()).toBeVisible();
  await expect(page.getByRole('img', { name: strings.scores.lane(null) })).toBeVisible();

  await test.step('the truth is outlined, until that is turned off', async () => {
    const drawn = page.locator('canvas.truth');
    await expect(drawn).toHaveAttribute('data-truth-frame', '0');
    await page.keyboard.press('g');
    await expect(drawn).toBeHidden();
    await page.keyboard.press('g');
    await expect(drawn).toBeVisible();
  });

  await test.step('marked as background, an object counts no longer; undone, it does again', async () => {
    await objects
      .filter({ hasText: /truth \d: J/ })
      .first()
      .click();
    await page.keyboard.press('Shift+B');
    await expect.poll(both).not.toBe(before);
    await page.keyboard.press('Control+z');
    await expect.poll(both).toBe(before);
  });

  await page.getByRole('button', { name: strings.scores.forget }).click();
  await expect(region).toBeHidden();
});

test('masks are dropped onto a clip; those that do not fit are refused', async ({ page }) => {
  const { tab } = parts(page);
  const region = page.getByRole('region', { name: strings.scores.region });
  const frames = ['00000', '00001', '00002'].map((name) => `${SCENE}/frames/${name}.png`);
  await dropFromDisk(page, ...frames);
  await expect(tab('objects')).toBeVisible();
  await expect(page.locator('[data-code="truth/frames"]')).toBeHidden();

  await dropFromDisk(page, `${SCENE}/masks/00003.png`);
  await expect(page.locator('[data-code="truth/frames"]')).toBeVisible();

  await dropFromDisk(page, `${SCENE}/masks/00001.png`);
  await segmentEvery(page, 1);
  await objectsFound(page);
  await expect(region.getByRole('status')).toHaveText(strings.scores.over(2, 1));
});
