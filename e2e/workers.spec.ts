import { expect, type Page, test } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { drop, objectsFound, painted, parts, segmentEvery } from './page.ts';

const H264 = 'test/fixtures/video/bframes.mp4';

/** Has a worker throw where nothing catches it: the newest of its name, since those within a worker that has ended are still listed. */
async function breakWorker(page: Page, name: string): Promise<void> {
  const worker = page.workers().findLast((candidate) => candidate.url().includes(`/${name}-`))!;
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('no memory left');
    });
  });
}

test('a worker that dies is reported, and started again with the work that was open', async ({ page }) => {
  await page.goto('/');
  const { alert, objects, segment } = parts(page);
  await drop(page, H264);
  await segmentEvery(page, 10);
  await objectsFound(page);
  const found = await objects.count();

  for (const name of ['runtime', 'engine', 'viewer']) {
    await breakWorker(page, name);
    await expect(alert).toContainText('no memory left');
    await alert.getByRole('button', { name: strings.workers.restart }).click();
    await expect(alert).toBeHidden();
    await expect(objects).toHaveCount(found);
    await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
  }
  await segment.click();
  await objectsFound(page);
  await expect(objects).toHaveCount(found);
});

test('a run whose worker dies ends, and another can start', async ({ page }) => {
  await page.goto('/');
  const { alert, progress, objects, tab } = parts(page);
  await page.getByRole('button', { name: strings.landing.sample('An eagle in flight') }).click();
  await segmentEvery(page, 1);
  await expect(progress).toBeVisible();
  await breakWorker(page, 'engine');
  await expect(progress).toBeHidden();
  await alert.getByRole('button', { name: strings.workers.restart }).click();
  // The sample is back, with what had been found in it before.
  await expect(tab('objects')).toHaveAttribute('aria-selected', 'true', { timeout: 60_000 });
  await segmentEvery(page, 6, 12);
  await objectsFound(page);
  expect(await objects.count()).toBeGreaterThan(0);
});
