import { request } from 'node:http';
import type { Page } from '@playwright/test';
import { REFUSALS } from '../src/app/words/errors.ts';
import { strings } from '../src/app/words/strings.ts';
import { drop, expect, parts, test } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';
const { states } = strings.project;
/** What the header says of the work. */
const state = (page: Page) => page.locator('.bar-kept');

/** Opens a clip, and does a little with it. */
async function work(page: Page): Promise<void> {
  await page.goto('/');
  await drop(page, CLIP);
  // What the clip's settings will be has to be known before there is work to save.
  await expect(state(page)).toBeVisible({ timeout: 150_000 });
}

/** The one alert goes once it was dismissed, whatever is done then. */
async function saidOnce(page: Page, code: string): Promise<void> {
  const { alert } = parts(page);
  await expect(alert).toHaveCount(1, { timeout: 60_000 });
  await expect(alert).toHaveAttribute('data-code', code);
  await alert.getByRole('button').last().click();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(900);
  }
  await expect(alert).toHaveCount(0);
}

test.describe('a browser that keeps', () => {
  test('nothing of a tab: the page works, and says it once', async ({ page }) => {
    await page.addInitScript(() => {
      const get = () => {
        throw new DOMException('Access is denied.', 'SecurityError');
      };
      for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, { get });
    });
    await work(page);
    await expect(state(page)).toHaveText(states.saved, { timeout: 60_000 });
    await saidOnce(page, 'project/not-remembered');
  });

  test('no database: not saved, said once', async ({ page }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
    });
    await work(page);
    await expect(state(page)).toHaveText(states.failed, { timeout: 60_000 });
    await saidOnce(page, 'project/not-kept');
    await expect(state(page)).toHaveText(states.failed);
  });

  test('a full database: not saved, said once in plain words', async ({ page }) => {
    await page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('', 'QuotaExceededError');
      };
    });
    await work(page);
    await expect(parts(page).alert).toContainText(REFUSALS['no-room'], { timeout: 60_000 });
    await saidOnce(page, 'project/not-kept');
    await expect(state(page)).toHaveText(states.failed);
  });

  test('no room for the clip: the work is saved, and the header says without what', async ({ page }) => {
    await page.addInitScript(() => {
      StorageManager.prototype.estimate = async () => ({ quota: 1000, usage: 10 });
    });
    await work(page);
    await saidOnce(page, 'project/clip-not-kept');
    await expect(state(page)).toHaveText(states.clipless);
  });

  test('no word on its room: all is saved', async ({ page }) => {
    await page.addInitScript(() => Object.defineProperty(navigator, 'storage', { value: undefined }));
    await work(page);
    await expect(state(page)).toHaveText(states.saved, { timeout: 60_000 });
    await expect(parts(page).alert).toHaveCount(0);
  });

  test('a clip of a tab that was closed at once: it is cleared away by the next', async ({ page }) => {
    await work(page);
    await expect(state(page)).toHaveText(states.saved, { timeout: 60_000 });
    const clips = (add: string | null) =>
      page.evaluate(
        (add) =>
          new Promise<string[]>((resolve) => {
            const opening = indexedDB.open('unprompted.projects');
            opening.onsuccess = () => {
              const database = opening.result;
              const store = database.transaction('clip', 'readwrite').objectStore('clip');
              if (add !== null) store.put({ files: [] }, add);
              const keys = store.getAllKeys();
              keys.onsuccess = () => {
                database.close();
                resolve(keys.result as string[]);
              };
            };
          }),
        add,
      );
    expect(await clips('left-behind')).toHaveLength(2);
    await page.reload();
    await expect(parts(page).playhead).toBeVisible({ timeout: 120_000 });
    await expect.poll(() => clips(null)).toHaveLength(1);
    expect(await clips(null)).not.toContain('left-behind');
  });
});

/** Status and headers of a path, with any Host. */
const asked = (url: URL, path: string, host = url.host) =>
  new Promise<{ status: number; type: string; policy: boolean }>((resolve, reject) => {
    const sent = request({ host: url.hostname, port: url.port, path, headers: { host } }, (response) => {
      response.resume();
      const { 'content-type': type = '', 'content-security-policy': policy } = response.headers;
      resolve({ status: response.statusCode ?? 0, type, policy: policy !== undefined });
    });
    sent.on('error', reject).end();
  });

test('the server answers to this machine alone, and never with the page for what is not there', async ({
  baseURL,
}) => {
  const url = new URL(baseURL!);
  expect(await asked(url, '/')).toMatchObject({
    status: 200,
    type: expect.stringContaining('html'),
    policy: true,
  });
  expect(await asked(url, '/', `localhost:${url.port}`)).toMatchObject({ status: 200 });
  for (const path of ['/assets/missing.js', '/deep/link', '/../package.json', '/%2e%2e/package.json'])
    expect(await asked(url, path), path).toMatchObject({
      status: 404,
      type: expect.stringContaining('plain'),
      policy: true,
    });
  for (const host of ['10.0.0.7', '192.168.1.2:80', 'example.com', '0.0.0.0'])
    expect(await asked(url, '/', host), host).toMatchObject({ status: 403, policy: true });
});
