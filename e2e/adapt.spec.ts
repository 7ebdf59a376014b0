import { readFile } from 'node:fs/promises';
import { strings } from '../src/app/words/strings.ts';
import { drop, expect, objectsFound, parts, segmentEvery, test } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';
const words = strings.adapt;

test('the correlator learns from a clip, its masks are compared, and it is kept and used', async ({
  page,
}) => {
  const { tab } = parts(page);
  const dialog = page.getByRole('dialog', { name: words.title });
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await tab('objects').click();
  await objectsFound(page);

  await tab('settings').click();
  await page.getByRole('button', { name: words.open }).click();
  await dialog.getByRole('button', { name: words.advanced }).click();
  await dialog.getByRole('button', { name: words.size }).click();
  await page.getByRole('option', { name: words.sizes.small }).click();
  const iterations = dialog.getByRole('textbox', { name: words.iterationsField });
  await iterations.fill('3');
  await iterations.press('Tab');
  await dialog.getByRole('button', { name: words.start }).click();

  const curve = dialog.getByRole('img', { name: /^Loss [\d.]+ after/ });
  await expect(curve).toBeVisible({ timeout: 120_000 });
  await expect(curve.locator('.adapt-mean')).toHaveAttribute('points', /\d/);

  const keep = dialog.getByRole('button', { name: words.keep, exact: true });
  await expect(keep).toBeVisible({ timeout: 120_000 });
  for (const side of [words.before, words.after])
    await expect(dialog.getByRole('img', { name: words.shot(1, side) })).toBeVisible();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: words.download }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe('correlator.safetensors');
  expect((await readFile(await saved.path())).toString('latin1')).toContain('"backbone":"ba-tiny-v0"');
  await keep.click();
  await expect(dialog).toBeHidden();

  await segmentEvery(page, 5);
  await tab('report').click();
  await expect(page.getByText(strings.report.framesValue(4, 20))).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(`BA-Tiny, ${words.modelName('bframes.mp4')}`).first()).toBeVisible();
  await tab('objects').click();
  await objectsFound(page);
});
