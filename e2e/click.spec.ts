import AxeBuilder from '@axe-core/playwright';
import { strings } from '../src/app/words/strings.ts';
import { drop, expect, objectsFound, painted, parts, test } from './page.ts';

/** 20 frames. */
const CLIP = 'test/fixtures/video/bframes.mp4';
const words = strings.click;

/** The painted pixel that is nearest to the middle of all, as shares of the picture. */
function middleOfPainted(canvas: Element): [x: number, y: number] {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  const painted: [number, number][] = [];
  for (let i = 0; i < width * height; i++)
    if (data[4 * i + 3]! > 0) painted.push([i % width, Math.floor(i / width)]);
  const mean = [0, 1].map((axis) => painted.reduce((sum, place) => sum + place[axis]!, 0) / painted.length);
  const away = ([x, y]: [number, number]) => Math.hypot(x - mean[0]!, y - mean[1]!);
  const [x, y] = painted.reduce((near, place) => (away(place) < away(near) ? place : near));
  return [(x + 0.5) / width, (y + 0.5) / height];
}

test('a click makes an object in every frame, which is undone, refined, kept over a reload and deleted', async ({
  page,
}) => {
  const { objects, playhead } = parts(page);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const bar = page.getByRole('region', { name: words.bar });
  const add = bar.getByRole('button', { name: words.add });
  const made = objects.and(page.locator('[aria-selected=true]'));
  /** Pixels of the selected object alone, on the frame that is shown. */
  const pixels = async () => (await painted(page)).pixels;
  await page.goto('/');
  await drop(page, CLIP);
  await objectsFound(page);
  const count = await objects.count();
  const box = (await page.getByRole('img', { name: strings.stage.picture }).boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;

  await test.step('of an object that was found, Alt-click takes a part away and Shift-click adds one', async () => {
    // What is in the picture all the time, shown alone.
    const found = objects.filter({ hasText: strings.objects.background(1) }).first();
    await found.click();
    await page.mouse.move(2, 2);
    await page.keyboard.press('s');
    await expect.poll(pixels).toBeGreaterThan(0);
    const before = await pixels();
    const place = await page.locator('canvas.overlay').evaluate(middleOfPainted);
    const name = (await found.locator('.object-name').textContent())!;
    const clickWith = async (key: 'Alt' | 'Shift') => {
      await page.keyboard.down(key);
      await page.mouse.click(...at(...place));
      await page.keyboard.up(key);
      await expect(page.locator('.click-mark')).toHaveCount(1);
      await expect(bar.getByRole('button', { name: words.change })).toBeEnabled();
      await page.keyboard.press('Enter');
      await expect(page.locator('.click-mark')).toHaveCount(0);
      await expect(button(strings.bar.undoEdit(words.refined(name)))).toBeVisible();
    };
    await clickWith('Alt');
    await expect.poll(pixels).toBeLessThan(before);
    const less = await pixels();
    await clickWith('Shift');
    await expect.poll(pixels).toBeGreaterThan(less);
    await expect(found).toHaveAttribute('aria-selected', 'true');
    for (let edits = 0; edits < 2; edits++) await page.keyboard.press('Control+z');
    await expect.poll(pixels).toBe(before);
    await button(strings.objects.unsolo).click();
    await page.keyboard.press('Escape');
  });

  await test.step('with the tool in hand, a click shows what it would make, and Escape lets it be', async () => {
    await playhead.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('c');
    await expect(bar).toContainText(words.hint);
    await page.mouse.click(...at(0.5, 0.5));
    await expect(add).toBeEnabled();
    await expect(page.locator('.click-mark')).toHaveCount(1);
    const { violations } = await new AxeBuilder({ page }).include('.stage').analyze();
    expect(violations).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.locator('.click-mark')).toHaveCount(0);
    await expect(objects).toHaveCount(count);
  });

  await test.step('by the keyboard: arrows move a cross-hair, Enter places a click, Enter again adds the object', async () => {
    await page.getByRole('button', { name: words.surface }).focus();
    // To a colour that stays where it is.
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowLeft');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(add).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(objects).toHaveCount(count + 1);
    await expect(made).toHaveCount(1);
  });
  const name = (await made.locator('.object-name').textContent())!;

  await test.step('it has masks on other frames; undo removes it, redo brings it back', async () => {
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
    await page.keyboard.press('s');
    await expect.poll(pixels).toBeGreaterThan(0);
    await playhead.focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await expect(playhead).toHaveAttribute('aria-valuenow', '4');
    await expect.poll(pixels).toBeGreaterThan(0);
    await button(strings.objects.unsolo).click();
    await page.keyboard.press('Control+z');
    await expect(objects).toHaveCount(count);
    await page.keyboard.press('Control+Shift+z');
    await expect(objects).toHaveCount(count + 1);
  });

  await test.step('it is back after a reload, and clicks are answered there too', async () => {
    await expect(page.getByText(strings.project.states.saved)).toBeVisible();
    await page.reload();
    await expect(objects).toHaveCount(count + 1, { timeout: 60_000 });
    await objects.filter({ hasText: name }).first().click();
    await page.keyboard.press('s');
    await expect.poll(pixels).toBeGreaterThan(0);
    await page.keyboard.press('c');
    await page.mouse.click(...at(0.1, 0.1));
    await expect(bar.getByRole('button', { name: words.change })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(button(strings.bar.undoEdit(words.refined(name)))).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Delete');
    await expect(objects).toHaveCount(count);
  });

  await test.step('the brush begins an object too', async () => {
    await page.keyboard.press('b');
    const brush = page.getByRole('region', { name: strings.brush.bar });
    await brush.getByRole('button', { name: strings.brush.fresh }).click();
    await expect(brush).toContainText(strings.brush.freshHint);
    await page.mouse.move(...at(0.2, 0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.4, 0.3), { steps: 4 });
    await page.mouse.up();
    await expect(objects).toHaveCount(count + 1);
    await expect(made).toHaveCount(1);
  });
});
