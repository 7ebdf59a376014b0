import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { strings } from '../src/app/words/strings.ts';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import { drop, expect, objectsFound, painted, parts, segmentEvery, test } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';
const words = strings.export;

/** Without a dialog to choose a file, as in Firefox and Safari, exports are downloads. */
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/');
  await drop(page, CLIP);
  await segmentEvery(page, 1);
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

test('what effects make of the stage is what the file shows, and undo takes it back', async ({ page }) => {
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  // Without its first object there is certainly something outside.
  await page.keyboard.press('1');
  await page.keyboard.press('h');
  await page.keyboard.press('Escape');
  await page.mouse.move(2, 2);
  await painted(page);
  const spots = await page.locator('canvas.overlay').evaluate(unpainted);
  expect(spots.length).toBeGreaterThan(0);
  const picture = page.getByRole('img', { name: strings.stage.picture });
  expect(await picture.evaluate(colourfulness, spots)).toBeGreaterThan(30);

  await parts(page).tab('effects').click();
  await page.getByText(strings.effects.backgrounds.grey, { exact: true }).click();
  const shown = page.locator('canvas.effects[data-frame="0"]');
  await expect(shown).toBeVisible();
  expect(await shown.evaluate(colourfulness, spots)).toBeLessThan(3);

  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  await dialog(page).getByRole('radio', { name: words.kinds.overlay.name }).check({ force: true });
  const preview = dialog(page).getByRole('img', { name: words.preview });
  await expect(preview).toBeVisible();
  await preview.evaluate((image) => (image as HTMLImageElement).decode());
  expect(await preview.evaluate(colourfulness, spots)).toBeLessThan(3);
  const download = await exported(page, 'overlay');
  const video = await page.evaluateHandle(
    firstFrame,
    (await readFile(await download.path())).toString('base64'),
  );
  // Codecs mix the colours of neighbours a little.
  expect(await video.evaluate(colourfulness, spots)).toBeLessThan(16);

  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(page.locator('canvas.effects')).toHaveCount(0);
});

/** Runs in the page: places, as shares of its size, around which nothing is painted far and wide. */
function unpainted(canvas: Element): [number, number][] {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  const reach = Math.round(width / 24);
  const bare = (x: number, y: number) => data[4 * (y * width + x) + 3] === 0;
  const found: [number, number][] = [];
  for (let y = reach; y < height - reach; y += reach) {
    for (let x = reach; x < width - reach; x += reach) {
      let all = true;
      for (let dy = -reach; dy <= reach; dy++)
        for (let dx = -reach; dx <= reach; dx++) all &&= bare(x + dx, y + dy);
      if (all) found.push([x / width, y / height]);
    }
  }
  return found;
}

/** Runs in the page: how far from grey the most colourful of some places of a picture is, 0 to 255. */
function colourfulness(picture: Element, spots: [number, number][]): number {
  const source = picture as HTMLCanvasElement | HTMLImageElement | HTMLVideoElement;
  const [width, height] = [192, 128];
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(source, 0, 0, width, height);
  return Math.max(
    ...spots.map(([x, y]) => {
      const [r, g, b] = context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data;
      return Math.max(r!, g!, b!) - Math.min(r!, g!, b!);
    }),
  );
}

/** Runs in the page: a video that has begun to show its frames. */
async function firstFrame(base64: string): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  video.src = URL.createObjectURL(new Blob([bytes]));
  await new Promise((resolve, reject) => {
    video.requestVideoFrameCallback(resolve);
    video.onerror = () => reject(new Error(video.error?.message));
    video.play().catch(reject);
  });
  return video;
}

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

test('a file that the user chose is written on the way', async ({ page }) => {
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

test('what else is written opens in other programs: pictures, tables of runs, videos, a GIF', async ({
  page,
}) => {
  const bytesOf = async (kind: keyof typeof words.kinds) =>
    readFile(await (await exported(page, kind)).path());

  await test.step('YouTube-VIS: runs that fill every frame, an area that is theirs', async () => {
    const { videos, annotations } = JSON.parse((await bytesOf('youtube-vis')).toString());
    expect(videos[0]).toMatchObject({ width: 96, height: 64, length: 20 });
    expect(annotations.length).toBeGreaterThan(0);
    for (const { segmentations, areas } of annotations) {
      expect(segmentations).toHaveLength(20);
      for (const [frame, mask] of segmentations.entries()) {
        if (mask === null) continue;
        const runs = runsOf(mask.counts);
        expect(mask.size).toEqual([64, 96]);
        expect(runs.reduce((sum, run) => sum + run, 0)).toBe(64 * 96);
        expect(runs.reduce((sum, run, i) => sum + (i % 2) * run, 0)).toBe(areas[frame]);
      }
    }
  });

  await test.step('PNG by object: transparent around, as the browser’s own decoder sees it', async () => {
    const files = unzipSync(await bytesOf('objects'));
    const names = Object.keys(files);
    expect(names[0]).toMatch(/^bframes\/1-.+\/00000\.png$/);
    // An object need not be in every frame, so all of its pictures are looked at.
    const pictures = names.map((name) => Buffer.from(files[name]!).toString('base64'));
    const seen = await page.evaluate(async (all) => {
      const sizes = new Set<string>();
      const alphas = new Set<number>();
      for (const png of all) {
        const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
        context.drawImage(picture, 0, 0);
        const { data } = context.getImageData(0, 0, picture.width, picture.height);
        sizes.add(`${picture.width} × ${picture.height}`);
        for (let i = 3; i < data.length; i += 4) alphas.add(data[i]!);
      }
      return { sizes: [...sizes], alphas: [Math.min(...alphas), Math.max(...alphas)] };
    }, pictures);
    expect(seen).toEqual({ sizes: ['96 × 64'], alphas: [0, 255] });
  });

  await test.step('GIF: every frame, in the browser’s own decoder', async () => {
    const frames = await page.evaluate(
      async (gif) => {
        const data = Uint8Array.from(atob(gif), (c) => c.charCodeAt(0));
        const decoder = new ImageDecoder({ data, type: 'image/gif' });
        await Promise.all([decoder.completed, decoder.tracks.ready]);
        return decoder.tracks.selectedTrack?.frameCount;
      },
      (await bytesOf('gif')).toString('base64'),
    );
    expect(frames).toBe(20);
  });

  for (const kind of ['cutout', 'background'] as const) {
    await test.step(`${words.kinds[kind].name}: plays in a video element, as long as the clip`, async () => {
      const seen = await page.evaluate(played, (await bytesOf(kind)).toString('base64'));
      expect(seen.size).toEqual([96, 64]);
      expect(seen.seconds).toBeCloseTo(2, 1);
      expect(seen.alphas).toEqual(kind === 'cutout' ? [0, 255] : [255, 255]);
    });
  }
});

test('annotations come with the frames they are of, where that is wanted', async ({ page }) => {
  await dialog(page).getByRole('radio', { name: words.kinds.yolo.name }).check({ force: true });
  await dialog(page).getByText(words.pictures).click();
  const download = await exported(page, 'yolo');
  expect(download.suggestedFilename()).toBe('bframes-yolo.zip');
  const files = unzipSync(await readFile(await download.path()));
  const named = (pattern: RegExp) => Object.keys(files).filter((name) => pattern.test(name));
  expect(named(/^images\/train\/bframes_000\d\d\.jpg$/)).toHaveLength(20);
  expect(named(/^labels\/train\/bframes_000\d\d\.txt$/)).toHaveLength(20);
  const lines = new TextDecoder().decode(files['labels/train/bframes_00000.txt']).trim().split('\n');
  for (const line of lines) expect(line).toMatch(/^\d+( (0|1|0\.\d+)){6,}$/);
});

test('prompts for SAM 2 are of the frame that was chosen', async ({ page }) => {
  await dialog(page).getByRole('radio', { name: words.kinds.sam2.name }).check({ force: true });
  const frame = dialog(page).getByRole('textbox', { name: words.frame, exact: true });
  await frame.fill('8');
  await frame.press('Enter');
  const download = await exported(page, 'sam2');
  const { frame_idx, objects } = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(frame_idx).toBe(7);
  expect(objects.length).toBeGreaterThan(0);
  for (const { box, points } of objects) {
    const [left, top, right, bottom] = box;
    for (const [x, y] of points) {
      expect(x >= left && x < right && y >= top && y < bottom).toBe(true);
    }
  }
  await expect(dialog(page).getByRole('status')).toContainText(words.result(1, '').trim());
});

/** Lengths of runs, from COCO's text: five bits a letter, each run after the third as the difference to the one before the last. */
function runsOf(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    let letter = 0;
    do {
      letter = text.charCodeAt(at++) - 48;
      value |= (letter & 31) << shift;
      shift += 5;
    } while (letter & 32);
    if (letter & 16) value |= -1 << shift;
    runs.push(value + (runs.length > 2 ? runs[runs.length - 2]! : 0));
  }
  return runs;
}

/** Runs in the page: size, length, and least and most opacity of a video's first frame shown. */
async function played(base64: string) {
  const video = document.createElement('video');
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes]));
  await new Promise((resolve, reject) => {
    video.requestVideoFrameCallback(resolve);
    video.onerror = () => reject(new Error(video.error?.message));
    video.play().catch(reject);
  });
  const { videoWidth: width, videoHeight: height, duration } = video;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(video, 0, 0);
  const alphas = context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 3);
  return { size: [width, height], seconds: duration, alphas: [Math.min(...alphas), Math.max(...alphas)] };
}

test('the dialog stands in nobody’s way', async ({ page }) => {
  for (const kind of ['overlay', 'background', 'gif', 'csv', 'yolo', 'sam2'] as const) {
    await dialog(page).getByRole('radio', { name: words.kinds[kind].name }).check({ force: true });
    const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target.join(' '))}`)).toEqual([]);
  }
});

/** Downloads lie under a made-up name; dropped files are distinguished by their ending. */
async function renamed(download: Download): Promise<string> {
  const path = `${await download.path()}.${download.suggestedFilename().split('.').pop()}`;
  await download.saveAs(path);
  return path;
}
