import type { Page } from '@playwright/test';
import { percent } from '../src/app/words/format.ts';
import { strings } from '../src/app/words/strings.ts';
import { button, drop, expect, parts, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';

const picture = (page: Page) => page.getByRole('img', { name: strings.stage.picture });
const box = async (page: Page) => (await picture(page).boundingBox())!;
const width = async (page: Page) => (await box(page)).width;
const middle = async (page: Page) => {
  const { x, y, width, height } = await box(page);
  return [x + width / 2, y + height / 2] as const;
};

/** Opens the clip; gives the width at which its picture fits. */
async function open(page: Page): Promise<number> {
  await page.goto('/');
  await drop(page, CLIP);
  await expect(button(page, strings.stage.fit)).toBeDisabled();
  return width(page);
}

test('the picture is enlarged by wheel, keys and buttons, seen at its own size, and fits again', async ({
  page,
}) => {
  const fitting = await open(page);
  const fits = () => expect.poll(() => width(page)).toBeCloseTo(fitting, 0);

  await test.step('the wheel enlarges what is under the pointer', async () => {
    const { x, y, height } = await box(page);
    const at = [x + fitting / 4, y + height / 2] as const;
    await page.mouse.move(...at);
    await page.mouse.wheel(0, -400);
    await expect.poll(() => width(page)).toBeGreaterThan(2 * fitting);
    const now = await box(page);
    expect((at[0] - now.x) / now.width).toBeCloseTo(1 / 4, 2);
    await page.keyboard.press('f');
    await fits();
  });

  await test.step('keys and buttons enlarge its middle, also before anything was enlarged', async () => {
    await page.keyboard.press('u');
    await expect.poll(() => width(page)).toBeCloseTo(1.5 * fitting, 0);
    await page.keyboard.press('Shift+U');
    await fits();
    await button(page, strings.actions.closer).click();
    await expect.poll(() => width(page)).toBeCloseTo(1.5 * fitting, 0);
    await button(page, strings.stage.fit).click();
    await fits();
  });

  await test.step('at its own size', async () => {
    await button(page, strings.stage.actual).click();
    await expect(page.getByText(percent(1), { exact: true })).toBeVisible();
    await page.keyboard.press('f');
    await fits();
    await page.keyboard.press('Shift+F');
    await expect(page.getByText(percent(1), { exact: true })).toBeVisible();
  });
});

test('Space moves the picture while it is dragged, and plays where it was only pressed', async ({ page }) => {
  const { playhead } = parts(page);
  const fitting = await open(page);
  const play = button(page, strings.timeline.play);
  const at = (frame: number) => expect(playhead).toHaveAttribute('aria-valuenow', String(frame));
  const drag = async (by: number) => {
    const [x, y] = await middle(page);
    const before = (await box(page)).x;
    for (let times = 0; times < 4; times++) await page.keyboard.down('Space');
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + by, y, { steps: 4 });
    await page.keyboard.down('Space');
    await page.mouse.up();
    await page.keyboard.up('Space');
    await expect.poll(async () => (await box(page)).x).toBeCloseTo(before + by, 0);
    await expect(play).toBeVisible();
    await at(1);
  };
  await page.keyboard.press('u');
  await page.keyboard.press('u');
  await expect.poll(() => width(page)).toBeGreaterThan(2 * fitting);

  await test.step('dragged with, it plays nothing, and presses no button that has the focus', async () => {
    await drag(40);
    await play.focus();
    await drag(-40);
  });

  await test.step('held, it plays once, when it is lifted', async () => {
    for (let times = 0; times < 4; times++) await page.keyboard.down('Space');
    await at(1);
    await page.keyboard.up('Space');
    await expect(playhead).not.toHaveAttribute('aria-valuenow', '1');
  });
});

test.describe('with fingers', () => {
  test.use({ hasTouch: true });

  test('two fingers enlarge the picture between them and move it, and mean nothing else', async ({
    page,
  }) => {
    const fitting = await open(page);
    const [x, y] = await middle(page);
    const touches = await page.context().newCDPSession(page);
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: number[]) =>
      touches.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at.map((away, id) => ({ x: x + away, y, id })),
      });
    await send('touchStart', -50);
    await send('touchStart', -50, 50);
    for (const away of [75, 100]) await send('touchMove', -away, away);
    await send('touchEnd');
    await expect.poll(() => width(page)).toBeCloseTo(2 * fitting, 0);
    await expect(page.locator('.click-mark')).toHaveCount(0);
  });
});
