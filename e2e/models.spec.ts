import { readFile } from 'node:fs/promises';
import { test as base, type Page } from '@playwright/test';
import { type Served, serve } from '../scripts/serve.ts';
import { strings } from '../src/app/words/strings.ts';
import type { ModelEntry } from '../src/engine/weights/types.ts';
import { type Hub, startHub } from './hub.ts';
import { drop, expect, objectsFound, parts, segmentEvery } from './page.ts';

const CLIP = 'test/fixtures/video/bframes.mp4';
const CHECKPOINT = 'test/fixtures/goldens/authors-checkpoint.pth';
const words = strings.models;

const HOST = 'huggingface.co';

/**
 * The page as it is served, but for one more model in its list. It lies on the hub, whose names lead to a stand-in on
 * this machine: the page's own policy, redirects and hosts are those that hold outside.
 */
const test = base.extend<{ hub: Hub; app: Served }, { standIn: Hub }>({
  standIn: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
    async ({}, use) => {
      const weights = await readFile('test/fixtures/goldens/dino.weights.safetensors');
      const hub = await startHub(weights, { secure: true });
      await use(hub);
      await hub.close();
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ launchOptions, standIn }, use) => {
      const here = `127.0.0.1:${standIn.port}`;
      const rules = `--host-resolver-rules=MAP ${HOST} ${here}, MAP *.hf.co ${here}`;
      const args = [...(launchOptions.args ?? []), rules, '--ignore-certificate-errors'];
      await use({ ...launchOptions, args });
    },
    { scope: 'worker' },
  ],
  hub: async ({ standIn }, use) => {
    Object.assign(standIn, { asked: [], cutAfter: null });
    await use(standIn);
  },
  app: async ({ hub }, use) => {
    const manifest = JSON.parse(await readFile('public/models/manifest.json', 'utf8'));
    const like = (manifest.models as ModelEntry[]).find(({ id }) => id === 'dino-vits8');
    const file = { url: `https://${HOST}/timm/stand-in/resolve/main/model.safetensors`, bytes: hub.bytes };
    manifest.models.push({ ...like, id: 'stand-in', name: 'Stand-in', dim: 48, depth: 2, heads: 3, file });
    const app = await serve(0, (request, response) => {
      if (request.url !== '/models/manifest.json') return false;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(manifest));
      return true;
    });
    await use(app);
    await app.close();
  },
});

/** What the row of the page's own model says; its name begins that of the trained one too. */
const OWN = 'finds what stands out';

const dialog = (page: Page) => page.getByRole('dialog', { name: words.title });
const row = (page: Page, name: string) =>
  dialog(page).getByRole('list', { name: words.list }).getByRole('listitem').filter({ hasText: name });
const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });

async function openModels(page: Page): Promise<void> {
  await page.getByRole('button', { name: strings.bar.models }).click();
  await expect(row(page, OWN)).toBeVisible();
}

/** The report of the run says that the model ran. */
async function ranWith(page: Page, name: string): Promise<void> {
  await objectsFound(page);
  await parts(page).tab('report').click();
  await expect(page.getByRole('tabpanel')).toContainText(name);
}

test('a remote model is agreed to, cut midway, resumed, and runs offline after a reload', async ({
  page,
  hub,
  app,
}) => {
  await page.goto(app.url);
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await objectsFound(page);
  await openModels(page);
  const model = row(page, 'Stand-in');

  await test.step('nothing is asked before the person agrees to host, size and licence', async () => {
    await button(page, words.get('Stand-in')).click();
    for (const expected of [HOST, '270 kB', 'Apache-2.0']) await expect(model).toContainText(expected);
    expect(hub.asked).toEqual([]);
  });

  await test.step('a connection that is cut can be given up, and what came is kept', async () => {
    hub.cutAfter = 30_000;
    await button(page, words.agree).click();
    const arriving = model.getByRole('progressbar', { name: words.arriving('Stand-in') });
    await expect(arriving).not.toHaveAttribute('aria-valuenow', '0');
    await expect.poll(() => hub.asked.length).toBeGreaterThan(1);
    await button(page, words.pause).click();
    await expect(model).toContainText(words.resume);
    await expect(model).toContainText(HOST);
    hub.cutAfter = null;
  });

  await test.step('it goes on by range, and is used', async () => {
    await button(page, words.resume).click();
    await expect(model).toContainText(words.inUse, { timeout: 20_000 });
    expect(hub.asked.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
    await expect(button(page, words.remove('Stand-in'))).toBeVisible();
    await expect(dialog(page)).not.toContainText(words.unverified);
    await page.keyboard.press('Escape');
  });

  await test.step('after a reload without a network it segments', async () => {
    await page.context().setOffline(true);
    await page.reload();
    await objectsFound(page);
    await drop(page, CLIP);
    await expect(parts(page).objects).toHaveCount(0);
    await segmentEvery(page, 10);
    await ranWith(page, 'Stand-in');
  });

  await test.step('removed, it is gone', async () => {
    await openModels(page);
    await button(page, words.remove('Stand-in')).click();
    await expect(button(page, words.get('Stand-in'))).toBeVisible();
    await expect(dialog(page)).toContainText(words.nothingKept);
    await expect(row(page, OWN)).toContainText(words.inUse);
  });
});

test('an address on the hub is agreed to and used; another host is barred', async ({ page, hub, app }) => {
  await page.goto(app.url);
  await openModels(page);
  const address = page.getByRole('textbox', { name: words.address(HOST) });

  await address.fill('https://example.org/model.safetensors');
  await expect(dialog(page)).toContainText(words.otherHost(HOST));
  await expect(button(page, words.add)).toBeDisabled();

  await address.fill(`https://${HOST}/timm/other/resolve/main/model.safetensors`);
  await button(page, words.add).click();
  for (const expected of [HOST, words.sourceLicence]) await expect(dialog(page)).toContainText(expected);
  expect(hub.asked).toEqual([]);
  await button(page, words.agree).click();
  await expect(row(page, 'timm/other')).toContainText(words.inUse);
});

test('the authors’ checkpoint is dropped, its heads are said, and it segments', async ({ page, app }) => {
  await page.goto(app.url);
  await expect(page.getByRole('button', { name: strings.landing.choose })).toBeVisible();
  await drop(page, CHECKPOINT);
  await expect(dialog(page)).toContainText(words.headsFor('authors-checkpoint.pth'));

  const heads = page.getByRole('textbox', { name: words.heads });
  await heads.fill('5');
  await heads.press('Enter');
  await expect(dialog(page).getByRole('alert')).toHaveAttribute('data-code', 'weights/unknown-heads');
  await heads.fill('3');
  await heads.press('Enter');
  await expect(row(page, 'authors-checkpoint.pth')).toContainText(words.inUse);

  await page.reload();
  await drop(page, CLIP);
  await segmentEvery(page, 10);
  await ranWith(page, 'authors-checkpoint.pth');
});
