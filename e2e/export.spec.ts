import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { strings } from '../src/app/strings.ts';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import { drop, expect, objectsFound, segmentEvery, test } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';
const words = strings.export;

/** Without a dialog to choose a file, as in Firefox and Safari, exports are downloads. */
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await objectsFound(page);
  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  await expect(dialog(page)).toBeVisible();
});

const dialog = (page: Page) => page.getByRole('dialog', { name: words.title });

async function exported(page: Page, kind: keyof typeof words.kinds): Promise<Download> {
  await dialog(page).getByRole('radio', { name: words.kinds[kind].name }).check({ force: true });
  const download = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: words.start, exact: true }).click();
  return download;
}

test('DAVIS masks come as a zip with a PNG for every frame of the clip', async ({ page }) => {
  const download = await exported(page, 'davis');
  expect(download.suggestedFilename()).toBe('bframes-masks.zip');
  const files = unzipSync(await readFile(await download.path()));
  expect(Object.keys(files)).toHaveLength(20);
  for (const [name, png] of Object.entries(files)) {
    const { width, height, values } = await decodeMask(png, name);
    expect([width, height, values]).toEqual([96, 64, null]);
  }
  await expect(dialog(page).getByRole('status')).toContainText(words.result(20, '').trim());
});

test('the video with its objects has the clip’s frames', async ({ page }) => {
  const download = await exported(page, 'overlay');
  expect(download.suggestedFilename()).toMatch(/^bframes-overlay\.(mp4|webm)$/);
  await expect(dialog(page).getByRole('status')).toContainText('20 frames');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await drop(page, await renamed(download));
  await expect(page.getByRole('banner')).toContainText(strings.bar.facts(96, 64, 20, '10'));
});

test('an export is cancelled midway, and another one runs', async ({ page }) => {
  await dialog(page).getByRole('radio', { name: words.kinds.gif.name }).check({ force: true });
  await dialog(page).getByRole('button', { name: words.start, exact: true }).click();
  await dialog(page).getByRole('button', { name: strings.run.cancel }).click();
  await expect(dialog(page).getByRole('progressbar')).toBeHidden();
  await expect(dialog(page).getByRole('status')).toBeHidden();
  const download = await exported(page, 'csv');
  const rows = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect((rows.length - 1) % 20).toBe(0);
});

test('a file that the person chose is written on the way', async ({ page }) => {
  await page.evaluate(() => {
    window.showSaveFilePicker = async ({ suggestedName }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
  });
  await dialog(page).getByRole('radio', { name: words.kinds.coco.name }).check({ force: true });
  await dialog(page).getByRole('button', { name: words.start, exact: true }).click();
  await expect(dialog(page).getByRole('status')).toContainText('bframes-coco.json');
  const images = await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('bframes-coco.json');
    return JSON.parse(await (await handle.getFile()).text()).images.length;
  });
  expect(images).toBe(20);
});

test('the dialog stands in nobody’s way', async ({ page }) => {
  for (const kind of ['overlay', 'background', 'gif', 'csv'] as const) {
    await dialog(page).getByRole('radio', { name: words.kinds[kind].name }).check({ force: true });
    const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target.join(' '))}`)).toEqual([]);
  }
});

/** Downloads lie under a made-up name; dropped files are told apart by their ending. */
async function renamed(download: Download): Promise<string> {
  const path = `${await download.path()}.${download.suggestedFilename().split('.').pop()}`;
  await download.saveAs(path);
  return path;
}
