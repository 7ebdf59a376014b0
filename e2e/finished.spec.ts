import type { Page } from '@playwright/test';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, objectsFound, painted, parts, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

const view = (page: Page, mode: 'masks' | 'attention' | 'distance' | 'motion') =>
  page
    .getByRole('radiogroup', { name: strings.stage.view })
    .getByText(strings.stage[mode], { exact: true })
    .click();

/** Counts from now on, until the page is left, how often a run says how far it is. */
const runsOf = (page: Page) =>
  page.evaluateHandle(() => {
    const seen = { runs: 0 };
    new MutationObserver(() => {
      if (document.querySelector('.run-card')) seen.runs++;
    }).observe(document.body, { childList: true, subtree: true });
    return seen;
  });

test('what was found in an earlier session answers another Detail, undo and the brush at once, without a run', async ({
  page,
}) => {
  test.setTimeout(600_000);
  const { objects, tau } = parts(page);
  const sum = async () => (await painted(page)).sum;
  const comeBack = async () => {
    await expect(page.getByText(strings.project.states.saved)).toBeVisible();
    // What is kept is written after a short rest.
    await page.waitForTimeout(4000);
    await page.reload();
    await expect(objects.first()).toBeVisible({ timeout: 60_000 });
    await expect.poll(async () => (await painted(page)).pixels).toBeGreaterThan(0);
    return runsOf(page);
  };
  const undo = button(page, strings.bar.undoEdit(strings.edits.coarser));

  await page.goto('/');
  await drop(page, CLIP);
  await objectsFound(page);
  await page.mouse.move(2, 2);
  let watched = await comeBack();
  const [before, count] = [await sum(), await objects.count()];

  await test.step('Detail', async () => {
    await expect(page.getByRole('img', { name: strings.tau.histogram })).toBeVisible();
    await tau.focus();
    await tau.press('End');
    await expect(undo).toBeVisible({ timeout: 15_000 });
    await expect.poll(sum).not.toBe(before);
    expect(await watched.evaluate(({ runs }) => runs)).toBe(0);
  });

  await test.step('undo, after another reload', async () => {
    watched = await comeBack();
    expect(await sum()).not.toBe(before);
    await page.keyboard.press('Control+z');
    await expect(objects).toHaveCount(count);
    await expect.poll(sum).toBe(before);
    await expect(button(page, strings.bar.redoEdit(strings.edits.coarser))).toBeVisible();
    expect(await watched.evaluate(({ runs }) => runs)).toBe(0);
  });

  await test.step('the brush', async () => {
    await page.mouse.move(2, 2);
    const unpainted = await sum();
    await page.keyboard.press('b');
    const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.4 * box.height, { steps: 5 });
    await page.mouse.up();
    await expect(button(page, /^Undo: Paint/)).toBeVisible();
    await expect(page.getByText(strings.brush.propagating)).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText(strings.brush.onlyHere)).toBeHidden();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
    await expect.poll(sum).not.toBe(unpainted);
    await page.keyboard.press('Control+z');
    await expect.poll(sum).toBe(unpainted);
  });

  await test.step('a view whose numbers are gone says so, with the button that brings them', async () => {
    const hint = page.locator('.needs-run');
    for (const mode of ['distance', 'motion', 'attention'] as const) {
      await view(page, mode);
      await expect(hint).toContainText(strings.stage.needsRun);
    }
    await hint.getByRole('button', { name: strings.run.segment }).click();
    await expect(page.getByText(strings.stage.attentionHint)).toBeVisible({ timeout: 150_000 });
    await view(page, 'masks');
    await expect(objects).toHaveCount(count);
  });
});
