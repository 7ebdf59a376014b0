import { resolve } from 'node:path';
import { plainHost } from '../test/plain-host.ts';
import { test as base, expect, objectsFound, parts, segmentEvery } from './page.ts';

/** The built page in a folder of a server that sends no headers. */
const test = base.extend<{ baseURL: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
  baseURL: async ({}, use) => {
    const host = await plainHost(resolve('dist'), '/demo/');
    await use(host.url);
    host.close();
  },
});

test('any web space will do: the page isolates itself, once, and links open what they name', async ({
  page,
  baseURL,
}) => {
  const { alert, tab } = parts(page);
  let loads = 0;
  page.on('load', () => loads++);
  const isolated = () => page.evaluate(() => crossOriginIsolated).catch(() => false);

  await test.step('a link to a sample waits for the page to be isolated', async () => {
    await page.goto('#sample=flying-eagle');
    await expect(page.getByRole('banner')).toContainText('flying-eagle.webm', { timeout: 30_000 });
    expect(await isolated()).toBe(true);
    expect(loads).toBe(2);
    await expect(tab('settings')).toBeVisible();
    expect(new URL(page.url()).hash).toBe('');
  });

  await test.step('the engine runs there, on several threads', async () => {
    await segmentEvery(page, 6, 12);
    await objectsFound(page);
    await tab('report').click();
    await expect(page.getByText(/^CPU, ([2-9]|\d\d) threads/).first()).toBeVisible();
  });

  await test.step('what a link names wrongly is reported', async () => {
    const follow = (hash: string) => page.evaluate((hash) => location.assign(hash), hash);
    await follow('#sample=unicorn');
    await expect(alert).toContainText('unicorn');
    await follow('#clip=https://elsewhere.example/dog.mp4');
    await expect(alert).toContainText('elsewhere.example');
    await follow('#clip=index.html');
    await expect(alert).toContainText('index.html');
    await expect(page.getByRole('banner'), 'what was open stays').toContainText('flying-eagle.webm');
  });

  await test.step('a clip of the same server is opened by its address', async () => {
    await page.goto(`${baseURL}#clip=samples/jelly.webm`);
    await expect(page.getByRole('banner')).toContainText('jelly.webm');
    await expect(alert).toBeHidden();
  });
});
