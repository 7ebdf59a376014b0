import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { sweptSettings } from '../../src/engine/settings/settings.ts';
import { listedSequences, openDataset, selectSequences } from '../../src/evaluate/datasets.ts';
import { bestVariant, reportHtml } from '../../src/evaluate/html.ts';
import { type Outcome, type Plan, resultsCsv, variantReports } from '../../src/evaluate/results.ts';
import type { Dataset, DatasetSequence } from '../../src/evaluate/sequences.ts';
import { shardOf, spreadVariants, type Variant } from '../../src/evaluate/variants.ts';
import { sameData } from '../../src/lib/same.ts';
import { defineCommand, type Io, usage, type Values, wholeNumber } from '../command.ts';
import { type Chosen, type Engine, startEngine } from '../engine.ts';
import { failure } from '../errors.ts';
import {
  clipFrames,
  evaluate,
  openSequence,
  type Place,
  readEvaluation,
  savedOutcome,
  saveOutcome,
} from '../evaluation.ts';
import { folderSource } from '../files.ts';
import { collectGallery } from '../gallery.ts';
import { WORN } from '../many/run.ts';
import { typedShard } from '../many/shard.ts';
import { maskNote, typedVoid, voidOption } from '../masks.ts';
import { chooseModels, modelOptions } from '../models/choose.ts';
import { duration, progressText } from '../progress.ts';
import { PROTOCOL_NAMES, typedProtocols } from '../protocols.ts';
import { runOptions, typedOutlines, typedSettings } from '../settings.ts';
import { makeFolder, writeWhole } from '../write.ts';
import { reportText } from './score.ts';

/** Settings that take lists, the slowest to change first, so that tokens are computed once. */
const SWEPT: readonly string[] = ['model', ...sweptSettings(), 'outlines'];
const SETTINGS = ['model', ...Object.keys(runOptions), 'masks', 'resolution', 'void'];

const options = {
  protocol: { type: 'string', short: 'p', value: 'P,…', help: PROTOCOL_NAMES.join(', ') },
  out: { type: 'string', short: 'o', value: 'DIR', help: 'folder for predictions, results and the report' },
  ...modelOptions,
  ...runOptions,
  sequences: { type: 'string', value: 'A,B', help: 'only these sequences' },
  list: {
    type: 'string',
    value: 'FILE',
    help: 'only the sequences named in a file, as in ImageSets/2017/val.txt',
  },
  masks: { type: 'string', value: 'NAME', help: 'folder of truth to take where there are several' },
  resolution: { type: 'string', value: 'NAME', help: 'resolution to take where there are several' },
  ...voidOption,
  jobs: { type: 'string', value: 'N', help: 'engines to run at the same time (default 1)' },
  resume: { type: 'boolean', help: 'continue an evaluation that was stopped' },
  shard: {
    type: 'string',
    value: 'I/N',
    help: 'only part I of N, for one machine of several; auto, as for segment',
  },
  dataset: { type: 'string', value: 'DIR', help: 'with merge: where the data set is now' },
} as const;

export const command = defineCommand({
  name: 'eval',
  summary: 'Runs the engine over a data set and scores it (merge DIRS… joins shards)',
  usage: `DATASET_DIR --protocol P --out DIR [OPTIONS]
       unprompted eval merge DIRS… --out DIR

Lists sweep: --${SWEPT.join(', --')} take values with commas between, and every combination is run`,
  options,
  run: ({ values, positionals }, io) =>
    positionals[0] === 'merge'
      ? merge(positionals.slice(1), values, io)
      : evaluateDataset(positionals, values, io),
});

type Typed = Values<typeof options>;

async function evaluateDataset(positionals: string[], values: Typed, io: Io): Promise<number> {
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw usage('eval', 'Give the folder of one data set.');
  const out = values.out;
  if (out === undefined) throw usage('eval', 'Say where the results go: --out DIR.');
  const jobs = wholeNumber('eval', 'jobs', values.jobs ?? '1');
  const protocols = typedProtocols('eval', values.protocol);
  const given = Object.fromEntries(SETTINGS.flatMap((name) => typedValue(values, name)));
  const variants = spreadVariants(given, SWEPT);
  for (const { values: each } of variants) {
    typedSettings('eval', each);
    typedOutlines('eval', each);
  }
  const shard = typedShard('eval', values.shard, process.env);

  const place = { folder, source: await folderSource(folder), ...typedVoid('eval', values.void) };
  const dataset = await chosenSequences(place, values, io);
  const names = dataset.sequences.map(({ name }) => name);
  const plan: Plan = { dataset: resolve(folder), protocols, values: given, sequences: names };
  await preparePlan(out, plan, values.resume === true);

  const mine = shard ? shardOf(dataset.sequences, shard) : dataset.sequences;
  const asked = variants.map((variant) => variant.values.model);
  const models = await chooseModels('eval', asked, values, io);
  await runAll({ place, plan, variants, models, out, io }, mine, jobs);
  const kept = await readEvaluation(out);
  const outcomes = ordered(kept.outcomes, plan, variants);
  return finish(io, out, plan, variants, outcomes, dataset.sequences, place, () => out);
}

function typedValue(values: Typed, name: string): [string, string][] {
  const value = values[name as keyof Typed];
  return typeof value === 'string' ? [[name, value]] : [];
}

/** The data set with the sequences asked for that have both images and masks. Throws `dataset/…`. */
async function chosenSequences({ folder, source }: Place, values: Typed, io: Io): Promise<Dataset> {
  const found = await openDataset(source, values);
  for (const oddity of found.oddities) io.note(oddity);
  // The one sequence of a plain pair of folders has no name of its own.
  const named = found.sequences.map((sequence) => ({
    ...sequence,
    name: sequence.name || basename(resolve(folder)),
  }));
  const all = { ...found, sequences: named };
  if (all.sequences.length === 0) throw failure('dataset/empty', { folder });
  const listed = values.list === undefined ? null : listedSequences(await readFile(values.list, 'utf8'));
  const asked = values.sequences?.split(',') ?? listed;
  const chosen = asked ? selectSequences(all, asked) : all;
  const withTruth = chosen.sequences.filter((sequence) => clipFrames(sequence).some(({ truth }) => truth));
  if (withTruth.length === 0) throw failure('dataset/no-masks', { folder });
  return { ...chosen, sequences: withTruth };
}

/** Writes the plan, or checks that the existing one is the same. Throws `eval/exists`, `eval/other-plan`. */
async function preparePlan(out: string, plan: Plan, resume: boolean): Promise<void> {
  const file = join(out, 'plan.json');
  const there = await stat(file).catch(() => null);
  if (there && !resume) throw failure('eval/exists', { folder: out });
  if (there) samePlan(out, (await readEvaluation(out)).plan, plan);
  await makeFolder(out);
  await writeWhole(file, `${JSON.stringify(plan, null, 2)}\n`);
}

function samePlan(folder: string, there: Plan, wanted: Plan): void {
  const parts = { protocols: 'protocols', values: 'settings', sequences: 'sequences' } as const;
  for (const [key, differs] of Object.entries(parts) as [keyof typeof parts, string][]) {
    if (!sameData(there[key], wanted[key])) throw failure('eval/other-plan', { folder, differs });
  }
}

interface Work {
  place: Place;
  plan: Plan;
  variants: Variant[];
  models: Chosen[];
  out: string;
  io: Io;
}

/** Runs what is left to do, on as many engines at a time as requested. */
async function runAll(work: Work, sequences: readonly DatasetSequence[], jobs: number): Promise<void> {
  const { variants, models, out, io } = work;
  const waiting: { sequence: DatasetSequence; variants: Variant[] }[] = [];
  for (const sequence of sequences) {
    const saved = await Promise.all(variants.map(({ folder }) => savedOutcome(out, folder, sequence.name)));
    const open = variants.filter((_, i) => !saved[i]);
    if (open.length > 0) waiting.push({ sequence, variants: open });
  }
  const size = (one: (typeof waiting)[number]) => one.sequence.frames.length * one.variants.length;
  const total = waiting.reduce((sum, one) => sum + size(one), 0);
  const started = performance.now();
  let done = 0;
  const left = () => {
    const seconds = (performance.now() - started) / 1000;
    return done === 0 ? '' : `, ${duration((seconds / done) * (total - done))} left of all`;
  };
  const overall = () => `${Math.round((100 * done) / total)} %${left()}`;

  const worker = async () => {
    let label = '';
    let engine: Engine | null = null;
    const start = () =>
      startEngine(
        io,
        (progress) => io.progress(`${overall()} · ${label} · ${progressText(progress)}`),
        models,
      );
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { sequence } = next;
        engine ??= await start();
        let opened = false;
        for (const variant of next.variants) {
          label = variants.length > 1 ? `${sequence.name} ${variant.name}` : sequence.name;
          io.progress(`${overall()} · ${label}`);
          if (!opened) await openSequence(engine, work.place, sequence);
          opened = true;
          const outcome = await evaluate(engine, work.place, sequence, variant, work.plan, out);
          await saveOutcome(out, variant.folder, outcome);
          for (const note of outcome.run?.notes ?? [])
            io.note(maskNote(note, `the truth of ${sequence.name}`));
          if (outcome.error) io.note(`${label}: ${outcome.error.message} [${outcome.error.code}]`);
          done += sequence.frames.length;
          if (outcome.error && WORN.includes(outcome.error.code)) {
            await engine.close();
            engine = await start();
            opened = false;
          }
        }
      }
    } finally {
      await engine?.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, worker));
}

/** Outcomes in the order of the plan, without those of other sweeps. */
function ordered(outcomes: readonly Outcome[], plan: Plan, variants: readonly Variant[]): Outcome[] {
  const find = (variant: string, sequence: string) =>
    outcomes.find((outcome) => outcome.variant === variant && outcome.sequence === sequence);
  return variants.flatMap(({ name }) => plan.sequences.flatMap((sequence) => find(name, sequence) ?? []));
}

/** Writes results.json, results.csv and report.html, and prints the tables. */
async function finish(
  io: Io,
  out: string,
  plan: Plan,
  variants: readonly Variant[],
  outcomes: Outcome[],
  sequences: readonly DatasetSequence[],
  place: Place,
  outOf: (outcome: Outcome) => string,
): Promise<number> {
  const reports = variantReports(plan, outcomes);
  const best = variants.find(({ name }) => name === reports[bestVariant(reports)]?.variant);
  io.progress('writing the report');
  const gallery =
    best && sequences.length > 0
      ? await collectGallery(place, sequences, outcomes, plan.protocols[0]!, best, outOf)
      : null;
  const runs = outcomes.map(({ scores: _, ...rest }) => rest);
  const results = { plan, variants: reports, runs };
  await writeWhole(join(out, 'results.json'), `${JSON.stringify(results)}\n`);
  await writeWhole(join(out, 'results.csv'), resultsCsv(reports));
  await writeWhole(join(out, 'report.html'), reportHtml({ plan, variants: reports, outcomes, gallery }));
  const text = reports.flatMap(({ variant, reports: each }) =>
    each.map((report) => `${reports.length > 1 ? `${variant}\n` : ''}${reportText(report)}`),
  );
  io.result({ out: resolve(out), ...results }, `${text.join('\n\n')}\n\n${join(out, 'report.html')}`);
  return outcomes.some(({ error }) => error) ? 1 : 0;
}

/** Joins the parts of a sharded evaluation: their outcomes, and one report over all of them. */
async function merge(folders: string[], values: Typed, io: Io): Promise<number> {
  const out = values.out;
  if (out === undefined) throw usage('eval', 'Say where the joined results go: --out DIR.');
  if (folders.length === 0) throw usage('eval', 'Give the folders of the parts.');
  const parts = await Promise.all(
    folders.map(async (folder) => ({ folder, ...(await readEvaluation(folder)) })),
  );
  const { plan } = parts[0]!;
  for (const part of parts.slice(1)) samePlan(part.folder, part.plan, plan);
  const variants = spreadVariants(plan.values, SWEPT);
  const outcomes = ordered(
    parts.flatMap((part) => part.outcomes),
    plan,
    variants,
  );
  const homes = new Map(
    parts.flatMap((part) =>
      part.outcomes.map(({ variant, sequence }) => [`${variant}/${sequence}`, part.folder]),
    ),
  );
  const missing = plan.sequences.length * variants.length - outcomes.length;
  if (missing > 0)
    io.note(`${missing} of ${plan.sequences.length * variants.length} runs are in none of the folders.`);

  const folder = values.dataset ?? plan.dataset;
  const there = await stat(folder).catch(() => null);
  if (!there)
    io.note(`The data set is not at ${folder}: the report has no pictures (--dataset DIR says where it is).`);
  const place = {
    folder,
    source: there ? await folderSource(folder) : { paths: [], read: readFile },
    ...typedVoid('eval', plan.values.void),
  };
  const found = there
    ? (await chosenSequences(place, { ...plan.values, sequences: plan.sequences.join(',') }, io)).sequences
    : [];
  await makeFolder(out);
  await writeWhole(join(out, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
  for (const outcome of outcomes) {
    await saveOutcome(out, variants.find(({ name }) => name === outcome.variant)!.folder, outcome);
  }
  return finish(
    io,
    out,
    plan,
    variants,
    outcomes,
    found,
    place,
    ({ variant, sequence }) => homes.get(`${variant}/${sequence}`)!,
  );
}
