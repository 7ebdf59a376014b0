// node --import tsx bench/beyond/main.ts [-- SEQUENCE …]: what goes beyond the paper against `windowed`, on the DAVIS-2016
// sequences that are here, with the model that comes with the page; the table is kept in bench/beyond/README.md.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startEngine } from '../../cli/engine.ts';
import { clipFrames, numberClusters, openSequence, type Place } from '../../cli/evaluation.ts';
import { folderSource } from '../../cli/files.ts';
import { createIo } from '../../cli/io.ts';
import { progressText } from '../../cli/progress.ts';
import { root } from '../../scripts/build.ts';
import { decodeMask } from '../../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../../src/engine/run.ts';
import { openDataset, readTruth } from '../../src/evaluate/datasets.ts';
import { sequenceLabels } from '../../src/evaluate/pictures.ts';
import type { DatasetSequence } from '../../src/evaluate/sequences.ts';
import { countFrame, type FrameCounts } from '../../src/metrics/counts.ts';
import { PROTOCOLS } from '../../src/metrics/protocols.ts';

const FOLDER = join(root, '../shared/data/davis-2016');
const README = join(import.meta.dirname, 'README.md');
const START = '<!-- bench/beyond: start -->';
const END = '<!-- bench/beyond: end -->';
const MODEL = 'ba-tiny-v0';
const STRIDE = 12;

/** What is compared: all else is what the app suggests. The first is the exact one. */
const VARIANTS: { name: string; settings: Partial<RunSettings> }[] = [
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

interface Measured {
  /** J of the one cluster that suits the merged objects best. */
  J: number;
  clusters: number;
  seconds: number;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const io = createIo({ json: false, quiet: false, signal: stop.signal });

async function measure(
  engine: Engine,
  { source }: Place,
  sequence: DatasetSequence,
  settings: RunSettings,
): Promise<Measured> {
  const report = await engine.call('run', settings);
  const frames = clipFrames(sequence);
  const judged = report.frames.filter((frame) => frames[frame]!.truth);
  const label = sequenceLabels();
  const truths = new Map(
    await Promise.all(
      judged.map(async (frame) => [frame, label(await readTruth(frames[frame]!.truth!, source))] as const),
    ),
  );
  const { width, height } = truths.get(judged[0]!)!;
  const counts: FrameCounts[] = [];
  const order = { frames: judged, width, height, objectOf: numberClusters(report.clusters).objectOf };
  await engine.masks(order, async (frame, png) => {
    counts.push(countFrame(truths.get(frame)!, await decodeMask(png, String(frame)), { contours: false }));
  });
  return {
    J: PROTOCOLS['best-cluster'].score(counts).measures.J!,
    clusters: report.clusters.length,
    seconds: report.times.find(({ stage }) => stage === 'cluster')!.seconds,
  };
}

/** Every variant on every sequence, sequence by sequence: tokens are computed once each. */
async function measureAll(names: readonly string[]): Promise<Map<string, Measured[]>> {
  const place = { folder: FOLDER, source: await folderSource(FOLDER) };
  const { sequences } = await openDataset(place.source);
  const chosen = sequences.filter(({ name }) => names.length === 0 || names.includes(name));
  const engine = await startEngine(io, (progress) => io.progress(progressText(progress)));
  const found = new Map<string, Measured[]>(VARIANTS.map(({ name }) => [name, []]));
  try {
    for (const sequence of chosen) {
      await openSequence(engine, place, sequence);
      const { settings } = await engine.call('suggest', MODEL, 'wasm');
      for (const variant of VARIANTS) {
        const measured = await measure(engine, place, sequence, {
          ...settings,
          stride: STRIDE,
          ...variant.settings,
        });
        found.get(variant.name)!.push(measured);
        const { J, clusters, seconds } = measured;
        io.note(
          `${sequence.name}, ${variant.name}: J ${percent(J)}, ${clusters} clusters, ${seconds.toFixed(1)} s`,
        );
      }
    }
  } finally {
    await engine.close();
  }
  return found;
}

const percent = (share: number) => (100 * share).toFixed(1);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

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

async function keep(table: string): Promise<void> {
  const text = await readFile(README, 'utf8');
  const [before, rest] = text.split(START);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${README} has lost its marks.`);
  await writeFile(README, `${before}${START}\n${table}\n${END}${after}`);
}

if (existsSync(FOLDER)) {
  const names = process.argv.slice(2).filter((name) => name !== '--');
  const table = tableOf(await measureAll(names));
  io.result({}, table);
  if (names.length === 0) await keep(table);
} else io.note(`Nothing is measured, since DAVIS-2016 is not here: ${FOLDER}`);
process.exit(0);
