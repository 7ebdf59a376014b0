// node --import tsx bench/ablation/main.ts [tables]: trains a correlator for every row of Table 3's shape, by the command
// line's own path, measures each on the DAVIS-2016 sequences, and keeps the table in bench/ablation/README.md. What was
// done before is not done again (it lies in .cache/ablation). With `tables` only the table is written.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { tausFrom } from '../../src/engine/model/describe.ts';
import { mean } from '../../src/metrics/statistics.ts';
import type { TrainingRecord } from '../../src/train/report.ts';
import { type Measured, measureDavis, percent } from '../davis.ts';
import { keepTable, line } from '../figures.ts';

const README = join(import.meta.dirname, 'README.md');
const CACHE = join(root, '.cache/ablation');
const CLIPS = join(root, '../shared/data/clips');
const SCENES = join(CACHE, 'scenes');
const STRIDE = 8;
/** Two of ten frames are key frames. */
const RATIO = 0.2;
/** The τ at which each is measured, as multiples of its own for one object: J moves with τ. */
const TAU_FACTORS = [0.5, 0.6, 0.7, 0.85, 1, 1.2, 1.4];

interface Subject {
  id: string;
  name: string;
  /** As `--model` takes it. */
  model: string;
  /** For `train`, beside what the rows say. */
  recipe: string[];
  /** The untrained path's τ for one object. */
  tauSingle: number;
  /** Of the whole loss; its parts are trained with the first alone. */
  seeds: number[];
  /** Whether the paper's untrained row is measured too. */
  random: boolean;
}

const WIDE = ['--positives', '30', '--negatives', '150', '--semantic-margin', '1.2', '--motion-margin', '4'];
const LENGTH = ['--iterations', '200', '--variants', '6', '--validate-every', '100'];

const SUBJECTS: Subject[] = [
  {
    id: 'ba-tiny-v0',
    name: 'BA-Tiny',
    model: 'ba-tiny-v0',
    recipe: [...WIDE, ...LENGTH],
    tauSingle: 0.35,
    seeds: [0, 1, 2],
    random: true,
  },
  {
    id: 'vit-ti-16',
    name: 'ViT-Ti/16, supervised',
    model: join(root, '../shared/models/vit_tiny_patch16_224/model.safetensors'),
    recipe: [...WIDE, ...LENGTH, '--size', '192x288'],
    tauSingle: 3.2,
    seeds: [0],
    random: false,
  },
];

interface Row {
  name: string;
  flags: string[];
}

/** Without training the seed decides nothing that A_v depends on but which clips the start is fitted to. */
const START: Row = { name: 'start, not trained', flags: ['--iterations', '0'] };
/** The paper's untrained row, and what training makes of it. */
const RANDOM: Row[] = [
  { name: 'random start, not trained', flags: ['--start', 'random', '--iterations', '0'] },
  { name: 'random start, L_s + L_m', flags: ['--start', 'random'] },
];
const WHOLE: Row = { name: 'L_s + L_m', flags: [] };
const PARTS: Row[] = [
  { name: 'L_s', flags: ['--no-motion'] },
  { name: 'L_m', flags: ['--no-semantic'] },
  { name: 'L_s + L_m, without w', flags: ['--no-weights'] },
];

interface Trained {
  row: Row;
  seed: number;
}

const trainedBy = ({ seeds, random }: Subject): Trained[] => [
  { row: START, seed: 0 },
  ...seeds.map((seed) => ({ row: WHOLE, seed })),
  ...[...(random ? RANDOM : []), ...PARTS].map((row) => ({ row, seed: seeds[0]! })),
];

const folderOf = ({ id }: Subject, { row, seed }: Trained) =>
  join(CACHE, id, `${row.name.replace(/[^\w]+/g, '-')}-${seed}`);

function unprompted(...args: string[]): void {
  console.error(`unprompted ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'cli/unprompted.js'), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`unprompted ${args[0]} ended with ${status}.`);
}

const recordIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'train.json'), 'utf8')) as TrainingRecord;

function isTrained(folder: string): boolean {
  if (!existsSync(join(folder, 'train.json'))) return false;
  const { validations, recipe } = recordIn(folder);
  return validations.at(-1)?.iteration === recipe.iterations;
}

/** τ for one object, as the engine takes it from a correlator's τ. */
const tauSingleOf = (folder: string) => tausFrom(recordIn(folder).validations.at(-1)!.tau!).tauSingle;

interface Figures {
  /** Mean J of the sequences at each of TAU_FACTORS. */
  J: number[];
  /** Mean number of clusters at the model's own τ. */
  clusters: number;
}

const figuresFile = (folder: string) => join(folder, 'davis.json');

/** Figures of a model on DAVIS-2016, kept in `folder`; false where the sequences are not here. */
async function evaluate(model: string, tauSingle: number, folder: string): Promise<boolean> {
  if (existsSync(figuresFile(folder))) return true;
  const variants = TAU_FACTORS.map((factor) => ({
    name: String(factor),
    settings: { tau: factor * tauSingle, ratio: RATIO },
  }));
  const found = await measureDavis(variants, STRIDE, [], model);
  if (!found) return false;
  const over = (factor: number, value: (measured: Measured) => number) =>
    mean(found.get(String(factor))!.map(value));
  const figures: Figures = {
    J: TAU_FACTORS.map((factor) => over(factor, ({ J }) => J)),
    clusters: over(1, ({ clusters }) => clusters),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(figuresFile(folder), JSON.stringify(figures));
  return true;
}

const figuresIn = (folder: string): Figures | null =>
  existsSync(figuresFile(folder)) ? (JSON.parse(readFileSync(figuresFile(folder), 'utf8')) as Figures) : null;

async function measure(): Promise<void> {
  if (!existsSync(SCENES)) unprompted('synth', SCENES, '--scenes', '12', '--seed', '7', '--size', '160x320');
  for (const subject of SUBJECTS) {
    // A correlator's file names its backbone, which has to be known then.
    if (existsSync(subject.model)) unprompted('models', 'add', subject.model);
    if (!(await evaluate(subject.model, subject.tauSingle, join(CACHE, subject.id, 'none')))) return;
    for (const trained of trainedBy(subject)) {
      const folder = folderOf(subject, trained);
      const asked = [...subject.recipe, ...trained.row.flags, '--seed', String(trained.seed)];
      if (!isTrained(folder))
        unprompted('train', CLIPS, SCENES, '--model', subject.model, ...asked, '-o', folder);
      await evaluate(join(folder, 'correlator.safetensors'), tauSingleOf(folder), folder);
    }
  }
}

const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

function tableRow(subject: Subject, name: string, tauSingle: readonly number[], found: readonly Figures[]) {
  const over = (value: (figures: Figures) => number) => {
    const values = found.map(value);
    const range = values.length > 1 ? ` ± ${percent(spread(values) / 2)}` : '';
    return `${percent(mean(values))}${range}`;
  };
  return line([
    subject.name,
    name,
    String(found.length),
    tauSingle.map((tau) => tau.toPrecision(3)).join(', '),
    over(({ J }) => J[TAU_FACTORS.indexOf(1)]!),
    over(({ J }) => mean(J)),
    over(({ J }) => Math.max(...J)),
    mean(found.map(({ clusters }) => clusters)).toFixed(1),
  ]);
}

function table(): string {
  const lines = [
    '| model | trained with | seeds | its τ | J at its τ | mean J of seven τ | best J of seven τ | clusters at its τ |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const subject of SUBJECTS) {
    const none = figuresIn(join(CACHE, subject.id, 'none'));
    if (none) lines.push(tableRow(subject, 'no correlator', [subject.tauSingle], [none]));
    for (const row of [...RANDOM, START, ...PARTS, WHOLE]) {
      const folders = trainedBy(subject)
        .filter((each) => each.row === row)
        .map((each) => folderOf(subject, each))
        .filter((folder) => figuresIn(folder));
      if (folders.length === 0) continue;
      lines.push(
        tableRow(
          subject,
          row.name,
          folders.map(tauSingleOf),
          folders.map((folder) => figuresIn(folder)!),
        ),
      );
    }
  }
  return lines.join('\n');
}

if (process.argv[2] !== 'tables') await measure();
await keepTable(README, 'bench/ablation', table());
process.exit(0);
