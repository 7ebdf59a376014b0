import { strings } from '../src/app/words/strings.ts';
import { drop, expect, followUpTo, objectsFound, painted, parts, test } from './page.ts';

const CLIP = 'public/samples/jelly.webm';
const FRAMES = 14;

/** Frames up to `last` that were shown without masks while the clip played. */
function playedWithoutMasks(last: number): Promise<number[]> {
  const [width, height] = [64, 36];
  const small = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  return new Promise((resolve) => {
    const bare: number[] = [];
    let before = 1;
    const look = () => {
      const frame = Number(document.querySelector('[data-playhead]')!.getAttribute('aria-valuenow'));
      if (frame !== before && frame <= last) {
        before = frame;
        small.clearRect(0, 0, width, height);
        small.drawImage(document.querySelector<HTMLCanvasElement>('canvas.overlay')!, 0, 0, width, height);
        const { data } = small.getImageData(0, 0, width, height);
        if (!data.some((value, i) => i % 4 === 3 && value > 0)) bare.push(frame);
      }
      if (frame < last) requestAnimationFrame(look);
      else resolve(bare);
    };
    look();
  });
}

test('what moves is found and followed through every frame, and its motion can be seen', async ({ page }) => {
  const { playhead } = parts(page);
  await page.goto('/');
  await drop(page, CLIP);
  await followUpTo(page, FRAMES);
  await objectsFound(page);

  await test.step('the first Play shows every frame with masks', async () => {
    await playhead.focus();
    await playhead.press('Home');
    const watched = page.evaluate(playedWithoutMasks, FRAMES);
    await page.keyboard.press('Space');
    expect(await watched).toEqual([]);
    await page.keyboard.press('Space');
  });

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
