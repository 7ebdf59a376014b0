// npm run fuzz [-- --clips N --files N --seed S --limit SECONDS]: mutated copies of the small clips of test/fixtures/video are
// opened and stepped through in Chromium, and mutated weights, masks, annotations and projects read in Node. Each has to be
// answered within the limit, by what is in it or by an error with a code; the same seed gives the same files. Prints Markdown
// and keeps it in bench/README.md; fails where a file was not answered.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { keepTable, line, machine, README } from '../bench/figures.ts';
import { type FuzzOrder, KINDS, type Tally } from './fuzz/answer.ts';
import { fuzzClips } from './fuzz/browser.ts';
import { fuzzFiles } from './fuzz/node.ts';

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '2000' },
    files: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '5' },
  },
});
const [seed, limit] = [Number(values.seed), 1000 * Number(values.limit)];

const load = loadavg()[0] ?? 0;

async function timed(name: string, work: (order: FuzzOrder) => Promise<Tally>, count: number) {
  const began = performance.now();
  const tally = await work({ files: count, seed, limit });
  return { name, tally, count, seconds: (performance.now() - began) / 1000 };
}

const done = [
  await timed('files', fuzzFiles, Number(values.files)),
  await timed('clips', fuzzClips, Number(values.clips)),
];
const table = [
  ...machine(load),
  ...done.map(
    ({ name, tally, count, seconds }) =>
      `- ${name}: seed ${seed}, ${tally.sources} whole ones, ${count} mutated copies in ${seconds.toFixed(0)} s; the slowest took ${(tally.slowest / 1000).toFixed(1)} s`,
  ),
  '',
  line(['answer', ...done.map(({ name }) => name)]),
  line(['---', ...done.map(() => '---:')]),
  ...KINDS.map((kind) => line([kind, ...done.map(({ tally }) => String(tally.answers.get(kind) ?? 0))])),
].join('\n');
const faults = done.flatMap(({ tally }) => tally.faults);
console.log([table, ...faults].join('\n'));
await keepTable(README, 'scripts/fuzz.ts', table);
process.exitCode = faults.length > 0 ? 1 : 0;
