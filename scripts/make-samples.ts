// npm run samples [-- ID …]: segments the sample clips in the built page, as a user who changes nothing would, and keeps
// what it finds in samples/: ID.unprompted, the work on the clip, and ID.webp, the pictures of its moving thumbnail. To be
// run again whenever the default model or the default settings change. It takes minutes a clip on a CPU.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { chromium, type Download, type Page } from 'playwright';
import { strings } from '../src/app/words/strings.ts';
import { ensureBuilt } from './build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.js';
import { clips, FINISHED, listed, STRIP } from './samples.ts';
import { serve } from './serve.ts';

const TIMEOUT = { timeout: 3_600_000 };
/** So that the same work gives the same bytes. */
const NO_TIME = '1980-01-02T00:00:00';

const wanted = process.argv.slice(2);
const chosen = clips.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
if (chosen.length === 0) throw new Error(`There are no samples but ${clips.map(({ id }) => id).join(', ')}.`);

const bytesOf = async (download: Download) => new Uint8Array(await readFile(await download.path()));

/** The project file, packed as small as it can be. */
function packed(project: Uint8Array): Uint8Array {
  const entries = Object.entries(unzipSync(project)).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries), { level: 9, mtime: NO_TIME });
}

async function segmented(page: Page, title: string): Promise<{ project: Uint8Array; video: Uint8Array }> {
  const panel = page.getByRole('complementary', { name: strings.panel.region });
  await page.getByRole('button', { name: strings.landing.sample(title) }).click();
  await panel.getByRole('grid', { name: strings.objects.list }).getByRole('row').first().waitFor(TIMEOUT);
  await page
    .getByRole('progressbar', { name: strings.run.progress })
    .waitFor({ ...TIMEOUT, state: 'hidden' });
  const saving = page.waitForEvent('download');
  await page.keyboard.press('ControlOrMeta+s');
  const project = packed(await bytesOf(await saving));
  await page.getByRole('button', { name: strings.bar.export, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: strings.export.title });
  await dialog.getByRole('radio', { name: strings.export.kinds.overlay.name }).check({ force: true });
  const exporting = page.waitForEvent('download', TIMEOUT);
  await dialog.getByRole('button', { name: strings.export.start, exact: true }).click();
  return { project, video: await bytesOf(await exporting) };
}

/** Pictures of a video from a time on, one below the other, as WebP. */
async function strip(page: Page, video: Uint8Array, from: number): Promise<Uint8Array> {
  const made = await page.evaluate(
    async ({ bytes, from, frames, rate, width, height, quality }) => {
      const blob = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]);
      const video = document.createElement('video');
      video.src = URL.createObjectURL(blob);
      const seeked = () =>
        new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      await new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true }));
      const canvas = new OffscreenCanvas(width, height * frames);
      const context = canvas.getContext('2d')!;
      context.imageSmoothingQuality = 'high';
      const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
      const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
      for (let i = 0; i < frames; i++) {
        const arrived = seeked();
        video.currentTime = from + (i + 0.5) / rate;
        await arrived;
        context.save();
        context.beginPath();
        context.rect(0, i * height, width, height);
        context.clip();
        context.drawImage(video, (width - w) / 2, i * height + (height - h) / 2, w, h);
        context.restore();
      }
      const webp = await canvas.convertToBlob({ type: 'image/webp', quality });
      const whole = new Uint8Array(await webp.arrayBuffer());
      return btoa(Array.from(whole, (byte) => String.fromCharCode(byte)).join(''));
    },
    { bytes: Buffer.from(video).toString('base64'), from, ...STRIP },
  );
  return Buffer.from(made, 'base64');
}

const kilobytes = (bytes: Uint8Array) => `${Math.round(bytes.length / 1000)} kB`;

await ensureBuilt(() => console.log('Building …'));
await mkdir(FINISHED, { recursive: true });
// Without what was made before: the page then segments a sample when it is opened.
const bare = JSON.stringify(await listed(false));
const served = await serve(0, ({ url }, response) => {
  if (url !== '/samples/samples.json') return false;
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(bare);
  return true;
});
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
try {
  for (const { id, title, still } of chosen) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      serviceWorkers: 'block',
    });
    // Functions that are sent to the page are compiled with calls of a helper that it does not have.
    await context.addInitScript('globalThis.__name = (named) => named');
    // Files then come as downloads.
    await context.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    const page = await context.newPage();
    await page.goto(served.url);
    const started = performance.now();
    const { project, video } = await segmented(page, title);
    const seconds = Math.round((performance.now() - started) / 1000);
    await page.goto(`${served.url}headless.html`);
    const pictures = await strip(page, video, still);
    await writeFile(join(FINISHED, `${id}.unprompted`), project);
    await writeFile(join(FINISHED, `${id}.webp`), pictures);
    await context.close();
    console.log(
      `${id}: ${kilobytes(project)} of work, ${kilobytes(pictures)} of pictures, segmented in ${seconds} s`,
    );
  }
} finally {
  await browser.close();
  await served.close();
}
