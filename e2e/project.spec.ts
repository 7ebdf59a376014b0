import { stat } from 'node:fs/promises';
import type { Page } from '@playwright/test';
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
const NAME = 'bframes.mp4';

const kept = (page: Page) => page.getByText(strings.project.states.saved);
const sum = async (page: Page) => (await painted(page)).sum;

test.beforeEach(({ page }) => page.goto('/').then(() => undefined));

/** Opens the clip, segments it, and gives the first object a name. */
async function work(page: Page): Promise<void> {
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);
  await renameFirst(page, 'Ball');
}

/** Drags the brush over a part of the picture, given as shares of it. */
async function stroke(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 5 });
  await page.mouse.up();
}

test('strokes, edits and the frame are back after a reload, without a run, and in a file that travels', async ({
  page,
}, info) => {
  const { objects, playhead, progress } = parts(page);
  await work(page);
  const undo = (label: string) => button(page, strings.bar.undoEdit(label));
  let looks = 0;

  await test.step('the brush paints, erases, and every stroke can be taken back', async () => {
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
    await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
    const before = await sum(page);
    await page.keyboard.press('b');
    await expect(page.getByRole('region', { name: strings.brush.bar })).toContainText('Ball');
    await page.keyboard.press(']');
    await stroke(page, [0.1, 0.1], [0.3, 0.2]);
    await expect(undo(strings.brush.painted('Ball'))).toBeVisible();
    await page.keyboard.press('e');
    await stroke(page, [0.12, 0.12], [0.2, 0.16]);
    await expect(undo(strings.brush.erased('Ball'))).toBeVisible();
    await expect(page.getByText(strings.brush.propagating)).toBeHidden({ timeout: 60_000 });
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
    await expect.poll(() => sum(page)).toBe(before);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => sum(page)).not.toBe(before);
    looks = await sum(page);
  });

  await test.step('all is back after a reload', async () => {
    await page.keyboard.press('ArrowRight');
    await expect(kept(page)).toBeVisible();
    // What is kept is written after a short rest.
    await page.waitForTimeout(4000);
    await page.reload();
    await expect(objects.first()).toContainText('Ball');
    await expect(progress).toBeHidden();
    await expect(playhead).toHaveAttribute('aria-valuenow', '2');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => sum(page), { timeout: 20_000 }).not.toBe(0);
    await expect(undo(strings.brush.painted('Ball'))).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect.poll(() => sum(page)).not.toBe(looks);
    await page.keyboard.press('Control+Shift+z');
    await expect(undo(strings.brush.painted('Ball'))).toBeVisible();
  });

  const file = info.outputPath('ball.unprompted');
  await test.step('a project file with its clip is written', async () => {
    await button(page, strings.project.menu).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: strings.project.saveWithClip }).click();
    await (await download).saveAs(file);
    expect((await stat(file)).size).toBeGreaterThan((await stat(CLIP)).size);
  });

  await test.step('the clip is closed, and gone on with or forgotten', async () => {
    await button(page, strings.project.menu).click();
    await page.getByRole('menuitem', { name: strings.project.close }).click();
    await button(page, strings.project.openRecent(NAME)).click();
    await expect(objects.first()).toContainText('Ball');
    await button(page, strings.project.menu).click();
    await page.getByRole('menuitem', { name: strings.project.close }).click();
    await drop(page, file);
    await expect(objects.first()).toContainText('Ball');
    await button(page, strings.project.menu).click();
    await page.getByRole('menuitem', { name: strings.project.close }).click();
    await expect(button(page, strings.project.openRecent(NAME)), 'the same work is listed once').toHaveCount(
      1,
    );
    await button(page, strings.project.removeRecent(NAME)).click();
    await expect(button(page, strings.project.openRecent(NAME))).toBeHidden();
  });

  await test.step('the file brings it all back', async () => {
    await drop(page, file);
    await expect(objects.first()).toContainText('Ball');
    await expect(undo(strings.brush.painted('Ball'))).toBeVisible();
    await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
  });
});

test('after one visit the page works without a network', async ({ page, context }) => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await work(page);
  await page.waitForTimeout(1500);
  await context.setOffline(true);
  try {
    await page.reload();
    await expect(parts(page).objects.first()).toContainText('Ball');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await segmentEvery(page, 10);
    await expect(parts(page).progress).toBeHidden({ timeout: 120_000 });
    await parts(page).tab('objects').click();
    await objectsFound(page);
    await expect(parts(page).alert).toBeHidden();
  } finally {
    await context.setOffline(false);
  }
});
