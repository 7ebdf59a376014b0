// node --import tsx bench/beyond/main.ts [-- SEQUENCE …]: what goes beyond the paper against `windowed`, on the DAVIS-2016
// sequences that are here, with the model that comes with the page; the table is kept in bench/beyond/README.md.
import { join } from 'node:path';
import { mean } from '../../src/metrics/statistics.ts';
import { type Measured, measureDavis, percent, type Variant } from '../davis.ts';
import { keepTable } from '../figures.ts';

const README = join(import.meta.dirname, 'README.md');
const STRIDE = 12;

/** What is compared: all else is what the app suggests. The first is the exact one. */
const VARIANTS: Variant[] = [
  { name: 'windowed', settings: {} },
  { name: 'windowed, pool 2', settings: { pool: 2 } },
  { name: 'agglomerative', settings: { clustering: 'agglomerative' } },
  { name: 'windowed, τ 0.18', settings: { tau: 0.18 } },
  { name: 'windowed, pool 2, τ 0.18', settings: { tau: 0.18, pool: 2 } },
  { name: 'agglomerative, τ 0.3', settings: { clustering: 'agglomerative', tau: 0.3 } },
  { name: 'windowed, τ 0.3', settings: { tau: 0.3 } },
  { name: 'agglomerative, τ 0.35', settings: { clustering: 'agglomerative', tau: 0.35 } },
  { name: 'windowed, τ 0.35', settings: { tau: 0.35 } },
  { name: 'windowed, ratio 0.5', settings: { ratio: 0.5 } },
  { name: 'windowed, pool 2, ratio 0.5', settings: { ratio: 0.5, pool: 2 } },
];

function tableOf(found: ReadonlyMap<string, readonly Measured[]>): string {
  const exact = found.get(VARIANTS[0]!.name)!;
  const lines = [...found].map(([name, all]) => {
    const better = all.filter(({ J }, i) => J > exact[i]!.J).length;
    const J = percent(mean(all.map((one) => one.J)));
    const clusters = mean(all.map((one) => one.clusters)).toFixed(1);
    const seconds = mean(all.map((one) => one.seconds)).toFixed(1);
    return `| ${name} | ${J} | ${better} of ${all.length} | ${clusters} | ${seconds} |`;
  });
  return [
    '| clustering | J of the best cluster, % | better than the first in | clusters | cluster stage, s |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

const names = process.argv.slice(2).filter((name) => name !== '--');
const found = await measureDavis(VARIANTS, STRIDE, names);
if (found) {
  const table = tableOf(found);
  console.log(table);
  if (names.length === 0) await keepTable(README, 'bench/beyond', table);
}
process.exit(0);
