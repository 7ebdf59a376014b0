import { writeFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { germanOf } from '../src/app/words/de.ts';
import { germanMessages } from '../src/app/words/de-messages.ts';
import { formatsOf } from '../src/app/words/format.ts';
import { inWords } from '../src/lib/phrases.ts';
import { drop, expect, test } from './page.ts';

const formats = formatsOf('de');
const words = germanOf(formats);
const messages = germanMessages({
  formats,
  say: inWords,
  explain: ({ message, todo }) => ({ what: message, todo }),
});

test.use({ locale: 'de-DE', viewport: { width: 390, height: 844 } });

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** What is wider than the page, or has words that its own edge cuts off. */
const cut = (page: Page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
    const all = [...document.querySelectorAll<HTMLElement>('h2, h3, p, button, label, [role="tab"]')];
    const clipped = all.filter(
      (element) =>
        element.checkVisibility() &&
        // Labels for screen readers alone are cut off on purpose.
        getComputedStyle(element).clipPath === 'none' &&
        element.scrollWidth > element.clientWidth + 1 &&
        getComputedStyle(element).overflowX !== 'visible' &&
        getComputedStyle(element).textOverflow !== 'ellipsis' &&
        getComputedStyle(element).overflowX !== 'auto',
    );
    const beyond = [...document.querySelectorAll('h2, .button, [role="tab"], .drop-zone')].filter(
      (element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1,
    );
    return [...wide, ...[...clipped, ...beyond].map((element) => element.outerHTML.slice(0, 160))];
  });

test('the page speaks German where the browser does, whole and to everybody', async ({ page }) => {
  await page.goto('/');
  await test.step('the first screen, on narrow and on enlarged pages', async () => {
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    const headline = page.getByRole('heading', { name: words.tagline });
    for (const size of [
      { width: 390, height: 844 },
      { width: 360, height: 640 },
      { width: 640, height: 400 },
    ]) {
      await page.setViewportSize(size);
      const bar = (await page.getByRole('banner').boundingBox())!;
      const { y } = (await headline.boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(bar.y + bar.height);
      expect(await cut(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(button(page, words.landing.sample(words.landing.titles['flying-eagle']))).toBeVisible();
    expect(await serious(page)).toEqual([]);
  });

  await test.step('the studio', async () => {
    await button(page, words.landing.sample(words.landing.titles['flying-eagle'])).click();
    const panel = page.getByRole('complementary', { name: words.panel.region });
    await expect(panel.getByRole('grid', { name: words.objects.list })).toContainText(
      words.objects.named(1),
      {
        timeout: 120_000,
      },
    );
    await expect(panel.getByRole('button', { name: words.run.segment, exact: true })).toBeVisible({
      timeout: 150_000,
    });
    for (const tab of ['objects', 'settings', 'report'] as const) {
      await panel.getByRole('tab', { name: words.panel.tabs[tab] }).click();
      expect(await cut(page)).toEqual([]);
      expect(await serious(page)).toEqual([]);
    }
  });

  await test.step('English is an address away', async () => {
    await page.goto('/?lang=en');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test('what the engine says of a clip, a run and its models is German too', async ({ page }, info) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: words.tagline })).toBeVisible();
  const text = info.outputPath('notes.txt');
  await writeFile(text, 'Kein Video.\n');
  await drop(page, text);
  const { what, todo } = messages.errors['video/not-media']({ name: 'notes.txt', like: 'text' });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(what);
  await expect(alert).toContainText(todo);
  await button(page, words.notices.dismiss).click();

  await drop(page, 'test/fixtures/video/cases/half-speed.mp4');
  const panel = page.getByRole('complementary', { name: words.panel.region });
  await expect(panel.getByRole('grid', { name: words.objects.list })).toContainText(words.objects.named(1), {
    timeout: 120_000,
  });
  await panel.getByRole('tab', { name: words.panel.tabs.report }).click();
  await expect(panel).toContainText(String(messages.notes['clip/speed']));
  await expect(panel).toContainText(/rechnet die CPU|Eine GPU ist da/);

  await panel.getByRole('tab', { name: words.panel.tabs.settings }).click();
  await button(page, words.settings.models).click();
  await expect(page.getByRole('list', { name: words.models.list })).toContainText(
    'ohne Beschriftungen trainiert',
  );
  expect(await cut(page)).toEqual([]);
});
