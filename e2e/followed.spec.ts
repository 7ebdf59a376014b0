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
