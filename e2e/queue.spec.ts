import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, parts, test } from './page.ts';

const words = strings.queue;

test('videos dropped together are looked at in turn; a broken one is reported and passed over', async ({
  page,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto('/');
  await drop(
    page,
    'test/fixtures/video/variable.mp4',
    'test/fixtures/video/old.wmv',
    'test/fixtures/video/bframes.mp4',
  );
  const queue = page.getByRole('navigation', { name: words.region });
  const clip = (name: string) => queue.getByRole('listitem').filter({ hasText: name });
  const isOpen = (name: string) =>
    expect(button(page, words.open(name))).toHaveAttribute('aria-current', 'true');

  // In the order of their names; nothing is touched, so that nothing waits for a hand.
  for (const name of ['bframes.mp4', 'variable.mp4'])
    await expect(clip(name)).toContainText(words.states.done, { timeout: 120_000 });
  await isOpen('variable.mp4');
  await expect(clip('old.wmv')).toContainText(words.states.failed);
  await expect(parts(page).alert).toHaveAttribute('data-code', 'video/container');

  await test.step('a clip that is done is there again without a run', async () => {
    await page.keyboard.press('Shift+N');
    await isOpen('bframes.mp4');
    await expect(clip('bframes.mp4')).toContainText(words.states.done);
    await expect(parts(page).objects.first()).toBeVisible();
    await expect(parts(page).progress).toBeHidden();
  });

  await test.step('all that are done are exported together, and the one that was open is there again', async () => {
    const downloads: string[] = [];
    page.on('download', (download) => downloads.push(download.suggestedFilename()));
    await page.keyboard.press('e');
    await page.getByRole('radio', { name: strings.export.kinds.csv.name }).check({ force: true });
    await button(page, strings.export.startAll(2)).click();
    await expect(page.getByRole('status').getByText(words.exported(2, 2))).toBeVisible({ timeout: 60_000 });
    expect(downloads.toSorted()).toEqual(['bframes-objects.csv', 'variable-objects.csv']);
    await isOpen('bframes.mp4');
  });

  await test.step('clips can be taken out, and one alone is no queue', async () => {
    await button(page, words.remove('old.wmv')).click();
    await button(page, words.remove('variable.mp4')).click();
    await expect(queue).toBeHidden();
    await expect(parts(page).playhead).toBeVisible();
  });
});
