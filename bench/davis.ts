import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, startEngine } from '../cli/engine.ts';
import { clipFrames, numberClusters, openSequence, type Place } from '../cli/evaluation.ts';
import { folderSource } from '../cli/files.ts';
import { createIo } from '../cli/io.ts';
import { chooseModel } from '../cli/models/choose.ts';
import { progressText } from '../cli/progress.ts';
import { root } from '../scripts/build.ts';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../src/engine/settings/run.ts';
import { openDataset } from '../src/evaluate/datasets.ts';
import { openMasks } from '../src/evaluate/masks.ts';
import type { DatasetSequence } from '../src/evaluate/sequences.ts';
import { countFrame, type FrameCounts } from '../src/metrics/counts.ts';
import { PROTOCOLS } from '../src/metrics/protocols.ts';

const FOLDER = join(root, '../shared/data/davis-2016');
/** The model that comes with the page. */
const EMBEDDED = 'ba-tiny-v0';

/** A way to cluster: all else is what the app suggests. */
export interface Variant {
  name: string;
  settings: Partial<RunSettings>;
}

export interface Measured {
  sequence: string;
  /** J of the one cluster that suits the merged objects best. */
  J: number;
  clusters: number;
  /** Of the cluster stage. */
  seconds: number;
  pairs: { computed: number; all: number; share: number };
}

/** J, time and pairs of a run with these settings. */
async function measure(
  engine: Engine,
  { source }: Place,
  sequence: DatasetSequence,
  settings: RunSettings,
): Promise<Measured> {
  const report = await engine.call('run', settings);
  const frames = clipFrames(sequence);
  const scored = report.frames.filter((frame) => frames[frame]!.truth);
  const truthOf = (frame: number) => frames[frame]!.truth!;
  const masks = await openMasks(scored.map(truthOf), source, { truth: true });
  const truths = new Map(
    await Promise.all(scored.map(async (frame) => [frame, await masks.read(truthOf(frame))] as const)),
  );
  const { width, height } = truths.get(scored[0]!)!;
  const counts: FrameCounts[] = [];
  const order = { frames: scored, width, height, objectOf: numberClusters(report.clusters).objectOf };
  await engine.masks(order, async (frame, png) => {
    counts.push(countFrame(truths.get(frame)!, await decodeMask(png, String(frame)), { contours: false }));
  });
  return {
    sequence: sequence.name,
    J: PROTOCOLS['best-cluster'].score(counts).measures.J!,
    clusters: report.clusters.length,
    seconds: report.times.find(({ stage }) => stage === 'cluster')!.seconds,
    pairs: report.pairs,
  };
}

/**
 * Every variant on the DAVIS-2016 sequences that are here (those named, or all), every `stride`-th frame, which alone are
 * scored, with a model as `--model` takes it; sequence by sequence, so that tokens are computed once each. Null where there
 * are none.
 */
export async function measureDavis(
  variants: readonly Variant[],
  stride: number,
  names: readonly string[] = [],
  asked = EMBEDDED,
): Promise<Map<string, Measured[]> | null> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const io = createIo({ json: false, quiet: false, signal: stop.signal });
  if (!existsSync(FOLDER)) {
    io.note(`Nothing is measured, since DAVIS-2016 is not here: ${FOLDER}`);
    return null;
  }
  const place = { folder: FOLDER, source: await folderSource(FOLDER) };
  const { sequences } = await openDataset(place.source);
  const chosen = sequences.filter(({ name }) => names.length === 0 || names.includes(name));
  const model = await chooseModel('eval', asked, {}, io);
  const engine = await startEngine(io, (progress) => io.progress(progressText(progress)), [model]);
  const found = new Map<string, Measured[]>(variants.map(({ name }) => [name, []]));
  try {
    for (const sequence of chosen) {
      await openSequence(engine, place, sequence);
      const { settings } = await engine.call('suggest', model.entry.id, 'wasm');
      for (const variant of variants) {
        const measured = await measure(engine, place, sequence, { ...settings, stride, ...variant.settings });
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

export const percent = (share: number) => (100 * share).toFixed(1);
