// What the benches share: what their figures depend on, and where these are kept.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { root } from '../scripts/build.ts';
import { ensureChromium } from '../scripts/chromium.js';

export const README = join(root, 'bench/README.md');

/** What the figures depend on; `load` is how busy the machine was with other things. */
export function machine(load: number): string[] {
  const [cpu] = cpus();
  const browser = execFileSync(ensureChromium(), ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${type()}, ${cpus().length} × ${cpu?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `- ${browser}, Node ${process.versions.node}`,
    `- load of the machine before the start: ${load.toFixed(1)}`,
  ];
}

/** A row of a table in Markdown. */
export const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Puts tables between the marks `<!-- name: start -->` and `<!-- name: end -->` of a page; README is the benches' own. */
export async function keepTable(page: string, name: string, table: string): Promise<void> {
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`];
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${page} has lost its marks.`);
  await writeFile(page, `${before}${start}\n${table}\n${end}${after}`);
}

/** A window to measure the page in. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // tsx names functions by it, also those that are sent to the page.
  await page.addInitScript('globalThis.__name = (named) => named');
  return page;
}

/** Whether any mask is painted on the stage: seen in a small copy, since reading all of it would hold up what is measured. */
export const painted = () => {
  const canvas = document.querySelector<HTMLCanvasElement>('canvas.overlay:not(.truth, [data-waiting])');
  if (!canvas || canvas.width === 0) return false;
  const [width, height] = [64, 36];
  const small = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  small.drawImage(canvas, 0, 0, width, height);
  return small.getImageData(0, 0, width, height).data.some((value, i) => i % 4 === 3 && value > 0);
};
