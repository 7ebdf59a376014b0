import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { drop, expect, followUpTo, objectsFound, painted, parts, test } from './page.ts';

const CLIP = 'public/samples/jelly.webm';
const FRAMES = 14;

test('what moves is found and followed through every frame, and its motion can be seen', async ({ page }) => {
  const { playhead } = parts(page);
  await page.goto('/');
  await drop(page, CLIP);
  await followUpTo(page, FRAMES);
  await objectsFound(page);

  await test.step('every frame has masks of its own', async () => {
    await playhead.focus();
    await playhead.press('Home');
    const looks = new Set<number>();
    for (let frame = 1; frame <= FRAMES; frame++) {
      await expect(playhead).toHaveAttribute('aria-valuenow', String(frame));
      const { pixels, sum } = await painted(page);
      expect(pixels, `frame ${frame}`).toBeGreaterThan(0);
      looks.add(sum);
      await playhead.press('ArrowRight');
    }
    expect(looks.size).toBeGreaterThan(FRAMES / 2);
  });

  await test.step('the motion view shows what moves, and where to', async () => {
    await playhead.press('Home');
    for (let step = 0; step < 5; step++) await playhead.press('ArrowRight');
    await page.keyboard.press('n');
    await expect(page.getByText(strings.stage.motionHint)).toBeVisible();
    await expect(page.locator('.picture canvas.heat')).toBeVisible({ timeout: 20_000 });
    await expect(page.locator('.arrows > path').first()).toBeAttached();
    await page.keyboard.press('n');
    await expect(page.locator('.picture canvas.heat')).toBeHidden();
  });
});

/** A long clip of pictures that are all the same: little to look at, much to follow. */
async function longClip(frames: number): Promise<string[]> {
  const folder = test.info().outputPath('frames');
  await mkdir(folder, { recursive: true });
  const paths = Array.from({ length: frames }, (_, i) => join(folder, `${i + 1000}.jpg`));
  for (const path of paths) await copyFile('test/fixtures/video/still.jpg', path);
  return paths;
}

/** Frames that have masks, by what the page says while it follows them or once it has stopped. */
async function followed(page: Page, all: number): Promise<number> {
  const texts = await page.getByText(new RegExp(`\\d+ of ${all} frames`)).allInnerTexts();
  return Math.max(0, ...texts.map((text) => Number(/(\d+) of/.exec(text)![1])));
}

test('what was followed is there after a reload in the middle of it, and the rest is gone on with', async ({
  page,
}) => {
  const all = 72;
  const { segment, progress, playhead, objects } = parts(page);
  await page.goto('/');
  await drop(page, ...(await longClip(all)));
  await expect(page.getByText(strings.run.pause)).toBeVisible({ timeout: 120_000 });
  await expect.poll(() => followed(page, all), { timeout: 120_000 }).toBeGreaterThan(24);
  await playhead.focus();
  for (let step = 0; step < 10; step++) await playhead.press('ArrowRight');
  await expect(playhead).toHaveAttribute('aria-valuenow', '11');
  const before = await painted(page);
  // What is found is written after a short rest; what is followed, at once.
  await page.waitForTimeout(1500);
  const done = await followed(page, all);
  await page.reload();

  await expect(objects.first()).toBeVisible({ timeout: 60_000 });
  await expect(segment).toHaveText(strings.run.goOn);
  const left = await followed(page, all);
  expect(left).toBeGreaterThanOrEqual(done);
  expect(left).toBeLessThan(all);
  await expect(playhead).toHaveAttribute('aria-valuenow', '11');
  expect(await painted(page)).toEqual(before);

  await segment.click();
  await expect(page.getByText(strings.run.pause)).toBeVisible({ timeout: 120_000 });
  expect(await followed(page, all), 'nothing of it is followed again').toBeGreaterThanOrEqual(left);
  await expect(progress).toBeHidden({ timeout: 150_000 });
  await expect(segment).toBeHidden();
});
