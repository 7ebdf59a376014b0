import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import type { ClusterSummary } from '../src/engine/cluster/background.ts';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../src/engine/settings/run.ts';
import { type MaskNote, openMasks, type VoidRule } from '../src/evaluate/masks.ts';
import type { Outcome, OutcomeRun, Plan } from '../src/evaluate/results.ts';
import { countOptions, scoreCounts } from '../src/evaluate/score.ts';
import type { DatasetFrame, DatasetSequence, FileSource, Truth } from '../src/evaluate/sequences.ts';
import { folderName, type Variant } from '../src/evaluate/variants.ts';
import type { MaskOrder } from '../src/headless.ts';
import { type CountOptions, countFrame, type FrameCounts } from '../src/metrics/counts.ts';
import { PROTOCOLS, type ProtocolName } from '../src/metrics/protocols.ts';
import type { Engine } from './engine.ts';
import { asFailure, failure } from './errors.ts';
import { typedOutlines, typedSettings } from './settings.ts';
import { makeFolder, writeWhole } from './write.ts';

/** Errors that would end every sequence. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'run/cancelled',
  'run/bad-setting',
  'cli/no-model',
  'cli/cannot-write',
]);

/** A data set on this machine. */
export interface Place {
  folder: string;
  source: FileSource;
  /** What 255 means in the truth, where the user said it. */
  void?: VoidRule;
}

/** A frame that has both an image and truth, and its place in the clip. */
interface Scored {
  key: string;
  index: number;
  image: string;
  truth: Truth;
}

/** The frames of a sequence that make its clip. */
export function clipFrames({ frames }: DatasetSequence): (DatasetFrame & { image: string })[] {
  return frames.flatMap((frame) => (frame.image === null ? [] : [{ ...frame, image: frame.image }]));
}

/** Opens a sequence as a clip, so that all variants run on it. */
export async function openSequence(
  engine: Engine,
  { folder }: Place,
  sequence: DatasetSequence,
): Promise<void> {
  const images = clipFrames(sequence).map(({ image }) => engine.offer(join(folder, image)));
  if (images.length === 0) throw failure('cli/no-frames', { path: join(folder, sequence.name) });
  await engine.call('open', images);
}

/**
 * Runs one variant on the open sequence, writes its predictions below `out` and scores them. An error of this
 * sequence is in the outcome; one that would end all (a bad setting, a full disk, Ctrl-C) is thrown.
 */
export async function evaluate(
  engine: Engine,
  place: Place,
  sequence: DatasetSequence,
  variant: Variant,
  plan: Plan,
  out: string,
): Promise<Outcome> {
  const about = { variant: variant.name, sequence: sequence.name };
  try {
    const started = performance.now();
    const settings = await settingsOf(engine, variant, plan.protocols);
    const report = await engine.call('run', settings);
    const seconds = (performance.now() - started) / 1000;
    const { objectOf, objects } = numberClusters(report.clusters);
    const scored = scoredFrames(sequence, report.settings);
    if (scored.length === 0) throw failure('dataset/no-masks', { folder: sequence.name });
    const look = { objectOf, ...typedOutlines('eval', variant.values) };
    const options = countOptions(plan.protocols, objects);
    const { counts, notes } = await countMasks(engine, place, scored, options, look, (image) =>
      predictionFile(out, variant.folder, sequence.name, image),
    );
    const keep = (protocol: ProtocolName) =>
      protocol === 'single' || protocol === 'main'
        ? objects
        : (PROTOCOLS[protocol].proposals ?? Number.POSITIVE_INFINITY);
    const scores = scoreCounts(sequence.name, plan.protocols, counts, keep);
    const run: OutcomeRun = {
      settings: report.settings,
      times: report.times,
      levels: report.levels,
      pairs: report.pairs,
      clusters: report.clusters.length,
      objects,
      frames: report.frames.length,
      scored: scored.map(({ key }) => key),
      ...(notes.length > 0 ? { notes } : {}),
      device: report.device.device,
      seconds,
    };
    return { ...about, run, scores, error: null };
  } catch (thrown) {
    const { code, message } = asFailure(thrown);
    if (FOR_ALL.has(code)) throw thrown;
    return { ...about, run: null, scores: null, error: { code, message } };
  }
}

/** What was typed, over the model's own settings: with masks in every frame, and the τ for one object where all protocols score one. */
async function settingsOf(
  engine: Engine,
  { values }: Variant,
  protocols: readonly ProtocolName[],
): Promise<RunSettings> {
  const typed = typedSettings('eval', values);
  const model = engine.modelId(values.model);
  const { settings } = await engine.call('suggest', model, typed.device ?? 'auto');
  const entry = (await engine.call('models')).find(({ id }) => id === model)!;
  const single = protocols.every((protocol) => PROTOCOLS[protocol].foreground && protocol !== 'main');
  const tau = single ? entry.defaults.tauSingle : entry.defaults.tau;
  const clustering = typed.clustering ?? settings.clustering;
  // Where every frame is followed, all have masks of their own at any stride.
  const stride = clustering === 'hierarchical' ? settings.stride : 1;
  return { ...settings, stride, tau, ...typed };
}

/** Labels of clusters in predictions: objects from 1, the largest first, then the clusters that count as background. */
export function numberClusters(clusters: readonly ClusterSummary[]): { objectOf: number[]; objects: number } {
  const order = [...clusters].sort(
    (a, b) => Number(a.background) - Number(b.background) || b.tokens - a.tokens || a.id - b.id,
  );
  const objectOf = Array.from({ length: Math.max(-1, ...clusters.map(({ id }) => id)) + 1 }, () => 0);
  for (const [place, { id }] of order.entries()) objectOf[id] = place + 1;
  return { objectOf, objects: clusters.filter(({ background }) => !background).length };
}

function scoredFrames(sequence: DatasetSequence, { start, end }: RunSettings): Scored[] {
  const frames = clipFrames(sequence).map((frame, index) => ({ ...frame, index }));
  return frames.flatMap(({ key, image, index, truth }) =>
    truth && index >= start && index < (end ?? frames.length) ? [{ key, index, image, truth }] : [],
  );
}

/** Makes the masks of the scored frames at the truth's size, writes and counts them one by one. */
async function countMasks(
  engine: Engine,
  place: Place,
  scored: readonly Scored[],
  options: CountOptions,
  look: Pick<MaskOrder, 'objectOf' | 'edges'>,
  fileOf: (image: string) => string,
): Promise<{ counts: FrameCounts[]; notes: MaskNote[] }> {
  const masks = await openMasks(
    scored.map(({ truth }) => truth),
    place.source,
    { truth: true, ...(place.void ? { void: place.void } : {}) },
  );
  const byIndex = new Map(scored.map((frame) => [frame.index, frame]));
  const { width, height } = await masks.read(scored[0]!.truth);
  const counts: FrameCounts[] = [];
  const frames = scored.map(({ index }) => index);
  // Of a run of every stride-th frame all frames are scored: a benchmark leaves none out.
  await engine.masks({ frames, width, height, nearest: true, ...look }, async (index, png) => {
    const { truth, image, key } = byIndex.get(index)!;
    const file = fileOf(image);
    await makeFolder(dirname(file));
    await writeWhole(file, png);
    const wanted = await masks.read(truth);
    if (wanted.width !== width || wanted.height !== height) {
      const size = `${wanted.width} × ${wanted.height}`;
      throw failure('score/size', { name: `The truth of frame ${key}`, size, wants: `${width} × ${height}` });
    }
    counts.push(countFrame(wanted, await decodeMask(png, file), options));
  });
  return { counts, notes: masks.notes };
}

/** Where the prediction for an image is kept. */
export function predictionFile(out: string, variantFolder: string, sequence: string, image: string): string {
  return join(out, 'predictions', variantFolder, sequence, `${parse(image).name}.png`);
}

function outcomeFile(out: string, variantFolder: string, sequence: string): string {
  return join(out, 'outcomes', variantFolder, `${folderName(sequence)}.json`);
}

/** Keeps an outcome, whole or not at all. */
export async function saveOutcome(out: string, variantFolder: string, outcome: Outcome): Promise<void> {
  const file = outcomeFile(out, variantFolder, outcome.sequence);
  await makeFolder(dirname(file));
  await writeWhole(file, JSON.stringify(outcome));
}

/** The outcome of a variant on a sequence, or null where it is not done or failed. */
export async function savedOutcome(
  out: string,
  variantFolder: string,
  sequence: string,
): Promise<Outcome | null> {
  const text = await readFile(outcomeFile(out, variantFolder, sequence), 'utf8').catch(() => null);
  const outcome = text === null ? null : (JSON.parse(text) as Outcome);
  return outcome?.error ? null : outcome;
}

/** The plan and all outcomes of an evaluation. Throws `eval/no-results`. */
export async function readEvaluation(folder: string): Promise<{ plan: Plan; outcomes: Outcome[] }> {
  const text = await readFile(join(folder, 'plan.json'), 'utf8').catch(() => null);
  if (text === null) throw failure('eval/no-results', { folder });
  const root = join(folder, 'outcomes');
  const files = await readdir(root, { recursive: true }).catch(() => []);
  const outcomes: Outcome[] = [];
  for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
    outcomes.push(JSON.parse(await readFile(join(root, file), 'utf8')) as Outcome);
  }
  return { plan: JSON.parse(text) as Plan, outcomes };
}
