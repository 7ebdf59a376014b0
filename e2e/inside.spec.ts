import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

const view = (page: Page, mode: 'masks' | 'attention' | 'hierarchy' | 'distance') =>
  page
    .getByRole('radiogroup', { name: strings.stage.view })
    .getByText(strings.stage[mode], { exact: true })
    .click();

test('τ is tried while it is dragged, levels are stepped through, and distances are seen', async ({
  page,
}) => {
  const { objects, tau, playhead } = parts(page);
  const sum = async () => (await painted(page)).sum;
  const tree = page.getByRole('treegrid', { name: strings.hierarchy.tree });

  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);

  await test.step('at the fine end there are many objects', async () => {
    await tau.focus();
    await tau.press('Home');
    // Not before the list is that of the new τ.
    await expect(page.getByRole('button', { name: strings.bar.undoEdit(strings.edits.finer) })).toBeVisible({
      timeout: 120_000,
    });
    await expect.poll(() => objects.count(), { timeout: 120_000 }).toBeGreaterThan(3);
    await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
  });
  const fine = await objects.count();

  await test.step('dragging shows what τ would give, and the mark goes with the exact run', async () => {
    const before = await sum();
    const thumb = (await page.locator('.tau .slider-thumb').boundingBox())!;
    const track = (await page.locator('.tau .slider-track').boundingBox())!;
    await page.mouse.move(thumb.x + thumb.width / 2, thumb.y + thumb.height / 2);
    await page.mouse.down();
    await page.mouse.move(track.x + track.width * 0.5, thumb.y + thumb.height / 2, { steps: 4 });
    await expect(page.getByText(strings.tau.previewed, { exact: true })).toBeVisible();
    await expect.poll(sum).not.toBe(before);
    await expect(objects, 'the list waits for the run').toHaveCount(fine);
    await page.mouse.up();
    await expect(page.getByText(strings.tau.previewed, { exact: true })).toBeHidden({ timeout: 120_000 });
    await expect.poll(() => objects.count(), { timeout: 120_000 }).toBeLessThan(fine);
    await page.keyboard.press('Control+z');
    await expect(objects).toHaveCount(fine, { timeout: 120_000 });
  });

  await test.step('below the last run the result is promised for the release', async () => {
    await tau.focus();
    for (let i = 0; i < 3; i++) await tau.press('PageUp');
    await expect.poll(() => objects.count(), { timeout: 120_000 }).toBeLessThan(fine);
    await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
    const thumb = (await page.locator('.tau .slider-thumb').boundingBox())!;
    await page.mouse.move(thumb.x + thumb.width / 2, thumb.y + thumb.height / 2);
    await page.mouse.down();
    // Below the leaves of the run, which are finer than τ.
    const track = (await page.locator('.tau .slider-track').boundingBox())!;
    await page.mouse.move(track.x + 2, thumb.y + thumb.height / 2, { steps: 2 });
    await expect(page.getByText(strings.tau.onRelease).first()).toBeVisible();
    await page.mouse.up();
    await expect(page.getByText(strings.tau.onRelease).first()).toBeHidden({ timeout: 120_000 });
  });

  await test.step('more objects are found by asking for them', async () => {
    const found = page.locator('.tau-found');
    // From where there are few.
    await tau.focus();
    for (let i = 0; i < 3; i++) await tau.press('PageUp');
    await expect.poll(() => objects.count(), { timeout: 120_000 }).toBeLessThan(fine);
    await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
    await expect(found).toHaveText(/^\d+ objects?$/, { timeout: 120_000 });
    const objectsNow = async () => Number.parseInt((await found.textContent())!, 10);
    let [count, before] = [0, 0];
    const wanted = page.getByRole('textbox', { name: strings.tau.about });
    // What the last press of a key found may come only now.
    await expect(async () => {
      count = await objectsNow();
      before = Number(await tau.inputValue());
      await wanted.fill(String(count + 2));
      await wanted.press('Tab');
      await button(page, strings.tau.find).click({ timeout: 2000 });
    }).toPass({ timeout: 60_000 });
    await expect.poll(async () => Number(await tau.inputValue()), { timeout: 120_000 }).toBeLessThan(before);
    await expect.poll(objectsNow, { timeout: 60_000 }).toBeGreaterThan(count);
  });

  await test.step('levels go from parts to wholes', async () => {
    // The background's parts are seen too, on every processed frame: some part somewhere is divided.
    const hidden = page.getByRole('button', { name: /^Show / });
    while ((await hidden.count()) > 0) await hidden.first().click();
    await view(page, 'hierarchy');
    const level = page.getByRole('slider', { name: strings.hierarchy.level });
    const parts = page.getByText(/^\d+ parts?$/).first();
    const looksAt = async (end: 'Home' | 'End') => {
      await level.focus();
      await level.press(end);
      await page.mouse.move(2, 2);
      const looks: number[] = [];
      await playhead.focus();
      for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown']) {
        await page.keyboard.press(key);
        looks.push(await sum());
      }
      return { parts: await parts.textContent(), looks };
    };
    const wholes = await looksAt('End');
    const fine = await looksAt('Home');
    expect(fine.parts).not.toBe(wholes.parts);
    expect(fine.looks).not.toEqual(wholes.looks);
  });

  await test.step('one object is had in its parts, which are objects, and is whole again', async () => {
    const rows = tree.getByRole('row');
    const count = await rows.count();
    await tree
      .getByRole('button', { name: / as \d+ objects$/ })
      .first()
      .click();
    await expect.poll(() => rows.count()).toBeGreaterThan(count);
    await view(page, 'masks');
    await expect.poll(() => objects.count()).toBeGreaterThan(count);
    await view(page, 'hierarchy');
    await tree
      .getByRole('button', { name: /^Merge .+ with its siblings$/ })
      .first()
      .click();
    await expect(rows).toHaveCount(count);
    for (let edits = 0; edits < 2; edits++) await page.keyboard.press('Control+z');
    await expect(rows).toHaveCount(count);
  });

  await test.step('a token’s distances come for every frame', async () => {
    await view(page, 'distance');
    await expect(page.getByText(strings.stage.distanceHint)).toBeVisible();
    await button(page, strings.stage.distanceSurface).click();
    await expect(page.getByText(strings.stage.distancePinned)).toBeVisible();
    const strip = page.getByRole('list', { name: strings.stage.distanceFrames });
    await expect(strip.locator('canvas.heat')).toHaveCount(4, { timeout: 20_000 });
    const pin = await page.locator('.pin').boundingBox();
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await page.locator('.pin').boundingBox())!.x).toBeGreaterThan(pin!.x);
    await page.keyboard.press('Escape');
    await expect(page.getByText(strings.stage.distanceHint)).toBeVisible();
  });

  await test.step('the backbone’s own attention is beside that over the clip', async () => {
    await view(page, 'attention');
    await button(page, strings.stage.attentionSurface).click();
    await expect(page.locator('.picture canvas.heat')).toHaveCount(2, { timeout: 20_000 });
  });
});
