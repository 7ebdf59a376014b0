import { readFile, stat } from 'node:fs/promises';
import { type Served, serve } from '../scripts/serve.ts';
import { strings } from '../src/app/words/strings.ts';
import { test as base, drop, expect, parts } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';

/** A server that can be given a new version of the page: another title, and a service worker of another version. */
const test = base.extend<{ app: Served & { renew(): void; asked: string[] } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
  app: async ({}, use) => {
    const [html, worker] = await Promise.all(
      ['index.html', 'offline.js'].map((name) => readFile(`dist/${name}`, 'utf8')),
    );
    const renewed: Record<string, [type: string, text: string]> = {
      '/': ['text/html', html!.replace(/<title>.*<\/title>/, '<title>Renewed</title>')],
      '/offline.js': ['text/javascript', worker!.replace(/"version":"\w+"/, '"version":"renewed"')],
    };
    renewed['/index.html'] = renewed['/']!;
    let isNew = false;
    const asked: string[] = [];
    const app = await serve(0, (request, response) => {
      asked.push(request.url!);
      const [type, text] = (isNew && renewed[request.url!]) || [];
      if (text === undefined) return false;
      response.setHeader('content-type', type!);
      response.end(text);
      return true;
    });
    await use({
      ...app,
      asked,
      renew: () => {
        isNew = true;
      },
    });
    await app.close();
  },
  baseURL: async ({ app }, use) => use(app.url),
});

test('a new version is announced, comes when it is wanted, and loses nothing', async ({ page, app }) => {
  const caches = () => page.evaluate(() => window.caches.keys());
  const offer = page.getByText(strings.offline.update);
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await drop(page, CLIP);
  await expect(page.getByText(strings.project.states.saved)).toBeVisible({ timeout: 60_000 });
  const before = await caches();
  expect(before).toHaveLength(1);
  await page.reload();
  await expect(parts(page).tab('settings')).toBeVisible();
  await expect(offer).toBeHidden();

  app.renew();
  await page.reload();
  await expect(offer).toBeVisible();
  await expect(page, 'until then the earlier version is whole').toHaveTitle(strings.name);

  await page.getByRole('button', { name: strings.offline.renew }).click();
  await expect(page).toHaveTitle('Renewed');
  await expect(page.getByRole('banner')).toContainText('bframes.mp4');
  await expect(offer).toBeHidden();
  await expect.poll(caches).toEqual(['unprompted-files-renewed']);
});

test('a file that is asked for again while it is on its way comes once, and whole', async ({ page, app }) => {
  const file = '/models/ba-tiny-v0/backbone.safetensors';
  const { size } = await stat(`dist${file}`);
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  const sizes = await page.evaluate(async (file) => {
    const stopped = new AbortController();
    const bytes = async () => (await (await fetch(file)).blob()).size;
    const first = await fetch(file, { signal: stopped.signal });
    stopped.abort();
    return [...(await Promise.all([bytes(), bytes()])), first.status];
  }, file);
  expect(sizes).toEqual([size, size, 200]);
  expect(app.asked.filter((url) => url === file)).toHaveLength(1);
});

test('samples are there on a machine without a network, and not where their server is out of reach', async ({
  page,
  context,
  refused,
}) => {
  refused.push('net::ERR_INTERNET_DISCONNECTED');
  const samples = page.getByRole('region', { name: strings.landing.samples });
  const choose = page.getByRole('button', { name: strings.landing.choose, exact: true });
  // What a browser says on a machine that has no network but itself.
  await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { value: false }));
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect(samples).toBeVisible();
  await context.setOffline(true);
  await page.reload();
  await expect(choose).toBeVisible();
  await expect(samples).toBeHidden();
});
