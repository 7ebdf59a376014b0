// node --import tsx bench/reader.ts [NAME …]: steps through the real clips with the page's reader in Chromium, in order and at
// random. Over all of them, it keeps what it found in bench/README.md; fails where a frame was lost or another picture.
import { readdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/build.ts';
import { inBrowser } from '../scripts/fuzz/browser.ts';
import { keepTable, line, machine, README } from './figures.ts';
import type { Stepped } from './reader/page.ts';

const CLIPS = join(root, '../shared/data/clips');
/** Frames of a clip that are asked for once more, in a random order. */
const JUMPS = 8;

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : (await readdir(CLIPS)).sort();
const load = loadavg()[0] ?? 0;
const began = performance.now();
const all: Stepped[] = [];
await inBrowser(async (open) => {
  const page = await open();
  for (const name of names) {
    await page.setInputFiles('#files', join(CLIPS, name));
    const stepped = await page.evaluate(async (jumps) => {
      const { step } = (await import('/bench/reader/page.ts' as string)) as typeof import('./reader/page.ts');
      return step(jumps);
    }, JUMPS);
    all.push(stepped);
    const { frames, refused, faults } = stepped;
    console.log([name, refused ?? `${frames} frames`, ...faults].join(' · '));
  }
});
const opened = all.filter(({ refused }) => refused === null);
const refused = all.flatMap((each) => each.refused ?? []);
const sum = (of: (each: Stepped) => number) => String(opened.reduce((total, each) => total + of(each), 0));
const faults = sum((each) => each.faults.length);
const table = [
  ...machine(load),
  `- ${names.length} clips in ${((performance.now() - began) / 1000).toFixed(0)} s; ${refused.length} are refused (${[...new Set(refused)].sort().join(', ')})`,
  '',
  line(['clips', 'frames in order', 'frames at random', 'lost or another picture']),
  line(['---:', '---:', '---:', '---:']),
  line([String(opened.length), sum((each) => each.frames), sum((each) => each.again), faults]),
].join('\n');
console.log(table);
if (asked.length === 0) await keepTable(README, 'bench/reader.ts', table);
process.exitCode = faults === '0' ? 0 : 1;
