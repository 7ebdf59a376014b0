import { existsSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

const sum = async (page: Page) => (await painted(page)).sum;

/** Drags the object at one place of the list onto that at another: to its upper edge, its middle or its lower edge. */
async function dragRow(page: Page, place: number, onto: number, share: number): Promise<void> {
  // While something is dragged, places to drop it are rows too.
  const rows = page.locator('.object');
  const target = page.locator('.objects [data-drop-target]');
  await rows.nth(place).hover({ position: { x: 24, y: 24 } });
  await page.mouse.down();
  const { x, y } = (await rows.nth(place).boundingBox())!;
  await page.mouse.move(x + 24, y + 30);
  await expect(rows.nth(place)).toHaveAttribute('data-dragging');
  // The list makes room between its rows: only now is the other one where it stays.
  const to = (await rows.nth(onto).boundingBox())!;
  for (const away of [4, 2, 0]) await page.mouse.move(x + 24, to.y + share * to.height - away);
  await expect(target).toHaveCount(1);
  await page.mouse.up();
  await expect(target).toHaveCount(0);
}

/** Opens the clip and finds objects in it at the model's own τ. */
async function someObjects(page: Page, stride = 5): Promise<void> {
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, stride);
  await objectsFound(page);
}

/** Opens the clip with at least four objects, the first of which is called Ball. */
async function manyObjects(page: Page): Promise<number> {
  const { objects, tau } = parts(page);
  await someObjects(page);
  await tau.focus();
  await tau.press('Home');
  // Not before the list is that of the new τ: it is sorted anew.
  await expect(page.getByRole('button', { name: strings.bar.undoEdit(strings.edits.finer) })).toBeVisible({
    timeout: 120_000,
  });
  await expect(page.getByText(strings.tau.busy).first()).toBeHidden();
  await tau.blur();
  await nameBall(page);
  const count = await objects.count();
  expect(count).toBeGreaterThan(4);
  return count;
}

async function nameBall(page: Page): Promise<void> {
  const { objects } = parts(page);
  await objects.first().focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('textbox', { name: strings.objects.renameField(strings.objects.named(1)) })
    .fill('Ball');
  await page.keyboard.press('Enter');
  await expect(objects.first()).toContainText('Ball');
}

test('objects are ordered and merged by dragging, recoloured, locked and deleted, and all is undone', async ({
  page,
}) => {
  const { objects } = parts(page);
  const count = await manyObjects(page);
  const undone = () => page.keyboard.press('Control+z');

  await test.step('dragged between two others, an object takes that place', async () => {
    await dragRow(page, 0, 2, 0.97);
    await expect(objects.nth(2)).toContainText('Ball');
    await expect(button(page, strings.bar.undoEdit(strings.edits.move('Ball')))).toBeVisible();
    await undone();
    await expect(objects.first()).toContainText('Ball');
  });

  await test.step('dragged onto another one, it becomes one with it', async () => {
    await dragRow(page, 1, 0, 0.5);
    await expect(objects).toHaveCount(count - 1);
    await expect(objects.first()).toContainText('Ball');
    await expect(button(page, strings.bar.undoEdit(strings.edits.merge(2)))).toBeVisible();
    await undone();
    await expect(objects).toHaveCount(count);
  });

  await test.step('its colour is chosen, on the video too', async () => {
    await page.mouse.move(2, 2);
    await page.keyboard.press('Escape');
    const before = await sum(page);
    await button(page, strings.objects.more('Ball')).click();
    await page.getByRole('menuitem', { name: strings.objects.colour('Ball') }).click();
    await page.getByRole('menuitem', { name: strings.objects.swatch(12) }).click();
    await page.mouse.move(2, 2);
    await expect.poll(() => sum(page)).not.toBe(before);
    await undone();
    await expect.poll(() => sum(page)).toBe(before);
  });

  await test.step('locked, it is neither merged nor deleted', async () => {
    await objects.first().click();
    await page.keyboard.press('Shift+L');
    await expect(button(page, strings.objects.locked('Ball'))).toBeVisible();
    await page.keyboard.press('Delete');
    await expect(objects).toHaveCount(count);
    await button(page, strings.objects.locked('Ball')).click();
    await objects.first().click();
    await page.keyboard.press('Delete');
    await expect(objects).toHaveCount(count - 1);
    await undone();
    await expect(objects.first()).toContainText('Ball');
  });

  await test.step('pointed at in the list, it lights up on the timeline; clicked on the video, in the list', async () => {
    await page.keyboard.press('Escape');
    await objects.first().hover();
    const lane = page.getByRole('list', { name: strings.timeline.lanes }).getByLabel(/^Ball: in/);
    await expect(lane).toHaveAttribute('data-hovered');
    await lane.click();
    await expect(objects.first()).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('selected, it stands out on the video as it is drawn at first', async () => {
    await page.keyboard.press('Escape');
    // A click on a lane leads to its frame, which this object need not be in.
    await page.keyboard.press('Home');
    await expect(parts(page).playhead).toHaveAttribute('aria-valuenow', '1');
    await expect(page.locator('canvas.overlay[data-waiting]')).toHaveCount(0);
    await page.mouse.move(2, 2);
    const before = await sum(page);
    await page.keyboard.press('1');
    await expect.poll(() => sum(page)).not.toBe(before);
    await page.keyboard.press('Escape');
    await expect.poll(() => sum(page)).toBe(before);
  });
});

/** Whether a stroke over the middle of the picture is there at every picture that the browser paints before its masks come. */
function strokeStays(): Promise<boolean> {
  return new Promise((resolve) => {
    let waited = false;
    const look = () => {
      const layer = document.querySelector<HTMLCanvasElement>('canvas.brush-layer')!;
      const { width, height } = layer;
      const [, , , alpha] = layer.getContext('2d')!.getImageData(width / 2, height / 2, 1, 1).data;
      const waiting = document.querySelector('canvas.overlay[data-waiting]') !== null;
      waited ||= waiting;
      if (waiting && alpha === 0) resolve(false);
      else if (waited && !waiting) resolve(true);
      else requestAnimationFrame(look);
    };
    look();
  });
}

test('the brush’s stroke goes through the clip, to the pixel where it was made, and is taken back as one', async ({
  page,
}) => {
  const { objects, playhead } = parts(page);
  // The box changes its grey as it moves: frames near by are nearer to the stroke than to the mean of the box's cluster.
  await someObjects(page, 2);
  await nameBall(page);
  /** What the first three processed frames look like, with nothing pointed at or selected. */
  const looks = async () => {
    await page.mouse.move(2, 2);
    const all: number[] = [];
    await playhead.focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown']) {
      await page.keyboard.press(key);
      all.push(await sum(page));
    }
    await page.keyboard.press('Home');
    return all;
  };
  await page.keyboard.press('Escape');
  const before = await looks();

  await objects.first().click();
  await page.keyboard.press('b');
  await page.keyboard.press('e');
  for (let i = 0; i < 5; i++) await page.keyboard.press(']');
  const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  for (const [x, y] of [
    [0.9, 0.5],
    [0.9, 0.2],
    [0.1, 0.2],
    [0.1, 0.8],
    [0.9, 0.8],
  ] as const)
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
  const stays = page.evaluate(strokeStays);
  await page.mouse.up();
  expect(await stays, 'the stroke is seen until the masks have it').toBe(true);
  await expect(button(page, strings.bar.undoEdit(strings.brush.erased('Ball')))).toBeVisible();
  await expect(page.getByText(strings.brush.propagating)).toBeHidden({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  const erased = await looks();
  expect(erased[0]).not.toBe(before[0]);
  expect(erased[1], 'the next processed frame follows').not.toBe(before[1]);

  await page.keyboard.press('Control+z');
  await expect.poll(() => sum(page)).toBe(before[0]);
  expect(await looks()).toEqual(before);
});

test('the timeline is zoomed, a part of the clip marked by keys and segmented alone', async ({ page }) => {
  const { tab, segment, playhead } = parts(page);
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 5);
  await objectsFound(page);
  const filmstrip = async () => (await playhead.boundingBox())!.width;
  const whole = await filmstrip();
  await page.keyboard.press('z');
  await expect.poll(filmstrip).toBeGreaterThan(1.5 * whole);
  await page.keyboard.press('Shift+Z');
  await expect.poll(filmstrip).toBeCloseTo(whole, 0);
  await page.keyboard.press('Home');
  for (let step = 0; step < 4; step++) await page.keyboard.press('.');
  await page.keyboard.press('i');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('o');
  await expect(playhead).toHaveAttribute('aria-valuenow', '15');
  await expect(page.getByText(strings.timeline.part(5, 15))).toBeVisible();
  await tab('settings').click();
  await segment.click();
  await tab('report').click();
  await expect(page.getByText(strings.report.framesValue(3, 20))).toBeVisible({ timeout: 120_000 });
});

test('a shortcut is changed, taken from another one, kept over a reload, and given back', async ({
  page,
}) => {
  const help = page.getByRole('dialog', { name: strings.help.title });
  const shortcut = (action: string) => help.getByRole('button', { name: strings.help.change(action) });
  const { help: list, spotlight, patterns } = strings.actions;
  await page.goto('/');
  await expect(button(page, strings.landing.choose)).toBeVisible();
  await page.keyboard.press('?');

  await shortcut(list).click();
  await expect(shortcut(list)).toContainText(strings.help.press);
  await page.keyboard.press('F4');
  await expect(shortcut(list)).toHaveText('F4');
  await shortcut(spotlight).click();
  await page.keyboard.press('p');
  await expect(shortcut(spotlight)).toContainText(strings.help.taken('P', patterns));
  await page.keyboard.press('p');
  await expect(shortcut(spotlight)).toHaveText('P');
  await expect(shortcut(patterns)).toHaveText(strings.help.none);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  await page.reload();
  await expect(button(page, strings.landing.choose)).toBeVisible();
  await page.keyboard.press('?');
  await expect(help).toBeHidden();
  await page.keyboard.press('F4');
  await expect(shortcut(spotlight)).toHaveText('P');
  await help.getByRole('button', { name: strings.help.reset }).click();
  await expect(shortcut(list)).toHaveText('?');
  await expect(shortcut(patterns)).toHaveText('P');
});

test('the first steps lead through a sample, and are gone once they are done; what a run was is copied', async ({
  page,
  context,
}) => {
  const { tau, tab, objects, progress } = parts(page);
  const guide = page.getByRole('complementary', { name: strings.guide.title });
  const { steps } = strings.guide;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await page.getByRole('button', { name: strings.landing.sample('An eagle in flight') }).click();
  await test.step('a sample opens finished, and nothing runs by itself', async () => {
    // Where `npm run samples` has not been run, samples are segmented when they are opened.
    if (!existsSync('dist/samples/flying-eagle.unprompted')) return;
    await expect(objects.first()).toBeVisible();
    await expect(guide).toContainText(steps.click);
    await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
    await expect(progress).toBeHidden();
    await expect(tab('objects')).toHaveAttribute('aria-selected', 'true');
  });
  await segmentEvery(page, 60);
  await objectsFound(page);
  await expect(guide).toContainText(steps.click);
  await objects.first().click();
  await expect(guide).toContainText(steps.paint);
  await page.keyboard.press('b');
  await expect(guide).toContainText(steps.tau);
  await page.keyboard.press('b');
  await tau.focus();
  await tau.press('Home');
  await expect(guide).toContainText(steps.attention);
  await expect(page.getByText(strings.tau.busy).first()).toBeHidden({ timeout: 120_000 });
  await tau.blur();
  await page.keyboard.press('a');
  await expect(guide).toBeHidden();
  await page.keyboard.press('a');
  await button(page, strings.objects.hide(strings.objects.named(1))).click();

  await tab('report').click();
  await button(page, strings.report.copy).click();
  await expect(page.getByText(strings.report.copied)).toBeVisible();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied.run.device.device).toBe('wasm');
  expect(copied.page.agent).toContain('Chrome');

  await test.step('a clip of one’s own has first steps too, until they are dismissed', async () => {
    await drop(page, CLIP);
    await expect(guide).toContainText(steps.click, { timeout: 60_000 });
    await button(page, strings.guide.next).click();
    await expect(guide).toContainText(steps.paint);
    await guide.getByRole('button', { name: strings.guide.away }).click();
    await expect(guide).toBeHidden();
    // Left before its run has ended, it would not have been worked on.
    await expect(progress).toBeHidden({ timeout: 150_000 });
  });
  await test.step('a sample that nothing was done with is not listed among the recent ones', async () => {
    const recent = (name: string) => button(page, strings.project.openRecent(name));
    const close = async () => {
      await button(page, strings.project.menu).click();
      await page.getByRole('menuitem', { name: strings.project.close }).click();
    };
    await close();
    await page.getByRole('button', { name: strings.landing.sample('Two jellyfish') }).click();
    await expect(objects.first()).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText(strings.project.states.saved)).toBeVisible();
    await close();
    await expect(recent('bframes.mp4')).toBeVisible();
    await expect(recent('flying-eagle.webm')).toBeVisible();
    await expect(recent('jelly.webm')).toBeHidden();
  });
});

test('nothing moves by itself where less motion is wished for', async ({ page }) => {
  const moving = () =>
    page.evaluate(() =>
      document
        .getAnimations()
        .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 0)
        .map((animation) => (animation.effect as KeyframeEffect).target?.className),
    );
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/');
  await page.getByRole('button', { name: strings.landing.sample('An eagle in flight') }).hover();
  expect(await moving()).toEqual([]);
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: strings.help.title })).toBeVisible();
  expect(await moving()).toEqual([]);
});

test('a 4K screen is used: larger words and pictures, nothing beyond its edges', async ({ page }) => {
  const { tab } = parts(page);
  const choose = button(page, strings.landing.choose);
  await page.goto('/');
  const usual = (await choose.boundingBox())!;
  await page.setViewportSize({ width: 3840, height: 2160 });
  const large = (await choose.boundingBox())!;
  expect(large.height / usual.height).toBeCloseTo(1.5, 1);
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await objectsFound(page);
  await tab('objects').click();
  const picture = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  expect(picture.width).toBeGreaterThan(2400);
  const icon = (await button(page, strings.bar.help).locator('svg').boundingBox())!;
  expect(icon.width).toBe(30);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBe(0);
});
