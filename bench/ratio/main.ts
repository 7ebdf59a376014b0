// node --import tsx bench/ratio/main.ts: what the share of key frames costs and brings (the shape of Table 9) on three
// sequences of DAVIS-2016, and how many pairs a run at τ = 1 computes on all that are here; with the model that comes with
// the page. The tables are kept in bench/ratio/README.md.
import { join } from 'node:path';
import { type Measured, measureDavis, percent, type Variant } from '../davis.ts';
import { keepTable } from '../figures.ts';

const README = join(import.meta.dirname, 'README.md');
const STRIDE = 8;
/** The longest, so that a tenth of their frames is not a fifth of them. */
const SEQUENCES = ['camel', 'parkour', 'soapbox'];
const RATIOS: Variant[] = [0.1, 0.2, 0.5, 1].map((ratio) => ({ name: String(ratio), settings: { ratio } }));
/** The paper's τ; windows of 3 frames, as the released code has them, and none. */
const AT_ONE: Variant[] = [
  { name: 'windowed', settings: { tau: 1, ratio: 0.1 } },
  { name: 'paper', settings: { tau: 1, ratio: 0.1, clustering: 'paper' } },
];

function ratioTable(found: ReadonlyMap<string, readonly Measured[]>): string {
  const whole = found.get('1')!;
  const lines = [...found].flatMap(([ratio, all]) =>
    all.map(({ sequence, J, clusters, seconds }, i) => {
      const faster = (whole[i]!.seconds / seconds).toFixed(1);
      return `| ${ratio} | ${sequence} | ${seconds.toFixed(2)} | ${faster} × | ${percent(J)} | ${clusters} |`;
    }),
  );
  return [
    '| ratio | sequence | cluster stage, s | against ratio 1 | J of the best cluster, % | clusters |',
    '| ---: | --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function pairTable(found: ReadonlyMap<string, readonly Measured[]>): string {
  const lines = [...found].flatMap(([clustering, all]) =>
    all.map(({ sequence, pairs, clusters }) => {
      const counts = [pairs.computed, pairs.all].map((pairs) =>
        pairs.toLocaleString('en').replaceAll(',', ' '),
      );
      return `| ${clustering} | ${sequence} | ${counts.join(' | ')} | ${(100 * pairs.share).toFixed(2)} | ${clusters} |`;
    }),
  );
  return [
    '| clustering | sequence | pairs computed | all pairs | share, % | clusters |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

const ratios = await measureDavis(RATIOS, STRIDE, SEQUENCES);
if (ratios) await keepTable(README, 'bench/ratio', ratioTable(ratios));
const pairs = await measureDavis(AT_ONE, STRIDE);
if (pairs) await keepTable(README, 'bench/pairs', pairTable(pairs));
process.exit(0);
