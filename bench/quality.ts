// npm run quality [-- tables]: measures what quality/plan.ts lists, on the data sets that are here, and keeps the tables in
// bench/quality.md. What was measured before is not measured again (it lies in .cache/quality); Ctrl-C keeps what is done.
// With `tables` nothing is measured: the tables are written from what there is.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command as synth } from '../cli/commands/synth.ts';
import { type Chosen, type Engine, startEngine } from '../cli/engine.ts';
import { clipFrames, evaluate, openSequence, savedOutcome, saveOutcome } from '../cli/evaluation.ts';
import { folderSource } from '../cli/files.ts';
import { createIo } from '../cli/io.ts';
import { chooseModel } from '../cli/models/choose.ts';
import { progressText } from '../cli/progress.ts';
import { root } from '../scripts/build.ts';
import { openDataset } from '../src/evaluate/datasets.ts';
import type { Outcome, Plan } from '../src/evaluate/results.ts';
import type { DatasetSequence } from '../src/evaluate/sequences.ts';
import { asFailure } from '../src/lib/failure.ts';
import { keepTable } from './figures.ts';
import { type BenchDataset, DATASETS, MODELS, pointsOf, SCENES, variantOf } from './quality/plan.ts';
import { type Section, sectionText } from './quality/tables.ts';

const CACHE = join(root, '.cache/quality');
const PAGE = join(root, 'bench/quality.md');

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const io = createIo({ json: false, quiet: false, signal: stop.signal });

interface BenchModel {
  name: string;
  id: string;
  chosen: Chosen;
}

const absolute = (asked: string) => (asked.startsWith('.') ? join(root, asked) : asked);

async function modelsHere(): Promise<BenchModel[]> {
  const here = MODELS.filter(({ asked }) => !asked.startsWith('.') || existsSync(absolute(asked)));
  for (const { name } of MODELS.filter((model) => !here.includes(model)))
    io.note(`Left out, since it is not here: ${name}`);
  const chosen = here.map(async ({ asked, ...model }) => ({
    ...model,
    chosen: await chooseModel('eval', absolute(asked), {}, io),
  }));
  return Promise.all(chosen);
}

/** The folder of a data set, the scenes rendered where they are not yet; null where it is absent. */
async function folderOf({ folder, name }: BenchDataset): Promise<string | null> {
  if (folder !== null) {
    const path = join(root, folder);
    if (existsSync(path)) return path;
    io.note(`Left out, since it is not here: ${name}`);
    return null;
  }
  const made = join(CACHE, `scenes-${SCENES.size}`);
  if (existsSync(made)) return made;
  await mkdir(CACHE, { recursive: true });
  await rm(`${made}.part`, { recursive: true, force: true });
  const quiet = createIo({ json: false, quiet: true, signal: stop.signal });
  await synth.run({ values: SCENES, positionals: [`${made}.part`] }, quiet);
  await rename(`${made}.part`, made);
  return made;
}

interface Job {
  dataset: BenchDataset;
  folder: string;
  sequences: DatasetSequence[];
  models: BenchModel[];
}

const outOf = ({ dataset }: Job, model: BenchModel) =>
  join(CACHE, `${dataset.id}-only-every-${dataset.stride}`, model.id);

/** The sequence as if it had been filmed with fewer frames: those between are neither run nor scored. */
const thinned = (sequence: DatasetSequence, stride: number): DatasetSequence => ({
  ...sequence,
  frames: sequence.frames.filter((_, place) => place % stride === 0),
});

const variantsOf = ({ dataset }: Job, { chosen }: BenchModel) => {
  const { defaults } = chosen.entry;
  const tau = dataset.single ? defaults.tauSingle : defaults.tau;
  const points = pointsOf(tau, chosen.entry.correlator !== undefined);
  return points.map((point) => ({ point, variant: variantOf(point, chosen.asked!) }));
};

/** Measures what is missing on a sequence. */
async function measure(job: Job, sequence: DatasetSequence, engine: Engine): Promise<void> {
  const { dataset, folder } = job;
  const place = { folder, source: await folderSource(folder) };
  for (const model of job.models) {
    const out = outOf(job, model);
    const plan: Plan = { dataset: folder, protocols: dataset.protocols, values: {}, sequences: [] };
    let opened = false;
    for (const { variant } of variantsOf(job, model)) {
      if (await savedOutcome(out, variant.folder, sequence.name)) continue;
      io.progress(`${dataset.id} ${sequence.name} ${model.name} ${variant.name}`);
      if (!opened) await openSequence(engine, place, sequence);
      opened = true;
      const outcome = await evaluate(engine, place, sequence, variant, plan, out);
      if (outcome.error) io.note(`${sequence.name} ${variant.name}: ${outcome.error.message}`);
      await saveOutcome(out, variant.folder, outcome);
    }
  }
}

async function sectionOf(job: Job): Promise<Section> {
  const cells = job.models.map(async (model) => {
    const { defaults, correlator } = model.chosen.entry;
    const points = variantsOf(job, model).map(async ({ point, variant }) => {
      const saved = job.sequences.map(({ name }) => savedOutcome(outOf(job, model), variant.folder, name));
      const outcomes = (await Promise.all(saved)).filter((outcome): outcome is Outcome => outcome !== null);
      return { point, outcomes };
    });
    return {
      model: model.name,
      hasCorrelator: correlator !== undefined,
      defaultTau: job.dataset.single ? defaults.tauSingle : defaults.tau,
      points: await Promise.all(points),
    };
  });
  return {
    dataset: job.dataset,
    sequences: job.sequences.map(({ name }) => name),
    cells: await Promise.all(cells),
  };
}

const models = await modelsHere();
const jobs: Job[] = [];
for (const dataset of DATASETS) {
  const folder = await folderOf(dataset);
  if (folder === null) continue;
  const { sequences } = await openDataset(await folderSource(folder));
  const few = sequences
    .map((sequence) => thinned(sequence, dataset.stride))
    .filter((sequence) => clipFrames(sequence).some(({ truth }) => truth));
  jobs.push({ dataset, folder, sequences: few, models });
}
if (process.argv[2] !== 'tables') {
  const engine = await startEngine(
    io,
    (progress) => io.progress(progressText(progress)),
    models.map(({ chosen }) => chosen),
  );
  try {
    // In turns, so that a run that is stopped early has figures of every data set.
    const most = Math.max(...jobs.map(({ sequences }) => sequences.length));
    for (let i = 0; i < most; i++)
      for (const job of jobs) if (job.sequences[i]) await measure(job, job.sequences[i]!, engine);
  } catch (thrown) {
    if (asFailure(thrown).code !== 'run/cancelled') throw thrown;
    io.note('Stopped: the tables hold what was measured so far.');
  } finally {
    await engine.close();
  }
}
const sections = await Promise.all(jobs.map(sectionOf));
await keepTable(PAGE, 'npm run quality', sections.map(sectionText).join('\n\n'));
io.note('bench/quality.md is written.');
process.exit(0);
