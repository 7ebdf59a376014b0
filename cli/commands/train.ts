import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSettings } from '../../src/engine/settings/run.ts';
import { openDataset } from '../../src/evaluate/datasets.ts';
import type { LossPoint, ValidationPoint } from '../../src/train/checkpoint.ts';
import { TRAINING_POSTS, type TrainingEvent, type TrainingStart } from '../../src/train/events.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { type TrainingRecord, trainingReport } from '../../src/train/report.ts';
import { VALIDATION_FRAMES } from '../../src/train/validation.ts';
import { defineCommand, type Io, usage } from '../command.ts';
import { type Engine, startEngine } from '../engine.ts';
import { failure } from '../errors.ts';
import { folderSource } from '../files.ts';
import { clipFiles } from '../inputs.ts';
import { chooseModel, modelOptions } from '../models/choose.ts';
import { recipeName, recipeOptions, typedRecipe } from '../recipe.ts';
import { runOptions, typedSettings } from '../settings.ts';
import { makeFolder, writeWhole } from '../write.ts';

/** Default iterations between two validations. */
const VALIDATE_EVERY = 50;

export const command = defineCommand({
  name: 'train',
  summary: 'Teaches a model’s correlator on clips, without labels',
  usage: 'CLIPS_OR_FOLDERS… --out DIR [OPTIONS]',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'DIR',
      help: 'folder for correlator.safetensors, checkpoint.safetensors and report.html',
    },
    ...modelOptions,
    resume: {
      type: 'string',
      value: 'FILE',
      help: 'a checkpoint.safetensors to resume from, with its own recipe',
    },
    'validate-every': {
      type: 'string',
      value: 'N',
      help: 'iterations from one validation and checkpoint to the next',
    },
    masks: {
      type: 'string',
      value: 'DATASET',
      help: 'folder of frames and masks (as DAVIS has them) to measure J on at each validation; not trained on',
    },
    device: runOptions.device,
    ...recipeOptions,
  },

  async run({ values, positionals }, io) {
    if (positionals.length === 0) throw usage('train', 'Give clips, or folders of clips or frames.');
    if (values.out === undefined) throw usage('train', 'Say where the weights go: --out DIR.');
    const { device = 'auto' } = typedSettings('train', { device: values.device });
    const every = Number(values['validate-every'] ?? VALIDATE_EVERY);
    if (!Number.isInteger(every) || every < 1) {
      throw usage('train', `--validate-every is ${values['validate-every']}, but it has to be 1 or more.`);
    }
    const name = recipeName(values);
    const typed = typedRecipe(values);
    const clips = (await Promise.all(positionals.map(clipsIn))).flat();
    const { out, resume } = values;
    const scored = values.masks === undefined ? [] : await scoredIn(values.masks);
    await makeFolder(out);

    const chosen = await chooseModel('train', values.model, values, io);
    const model = chosen.entry.id;
    const engine = await startEngine(io, () => {}, [chosen]);
    try {
      const recipe = resume
        ? await recipeOf(resume)
        : { ...(await engine.call('suggestRecipe', model, name)), ...typed };
      const record = await train(engine, io, { clips, scored, out, model, recipe, device, every, resume });
      io.result({ out, ...record, start: undefined, losses: undefined }, summary(out, record));
    } finally {
      await engine.close();
    }
    return 0;
  },
});

interface Order {
  clips: string[][];
  scored: { frames: string[]; masks: string[] }[];
  out: string;
  model: string;
  recipe: Recipe;
  device: RunSettings['device'];
  every: number;
  resume: string | undefined;
}

/** Files that are written at every milestone; the checkpoint is replaced last, so that it is never ahead of the rest. */
async function train(engine: Engine, io: Io, order: Order): Promise<TrainingRecord> {
  const { clips, scored, out, model, recipe, device, every, resume } = order;
  const started = performance.now();
  const losses: LossPoint[] = [];
  const validations: ValidationPoint[] = [];
  let start: TrainingStart | null = null;
  const record = (): TrainingRecord => ({
    model,
    command: ['npx unprompted', ...process.argv.slice(2)].join(' '),
    recipe,
    start: start!,
    losses,
    validations,
    seconds: (performance.now() - started) / 1000,
  });

  const hear = async ({ kind, ...event }: TrainingEvent) => {
    if (kind === 'start') {
      start = event as TrainingStart;
      for (const { name, why } of start.skipped) io.note(`${name} is left out: ${why}`);
      io.note(`Training on ${start.clips.length} clips, ${start.device.device}: ${start.device.why}`);
    } else if (kind === 'iteration') {
      const point = event as LossPoint;
      losses.push(point);
      const left = ((recipe.iterations - point.iteration) * point.seconds).toFixed(0);
      io.progress(`iteration ${point.iteration} of ${recipe.iterations}: ${lossText(point)}, ${left} s left`);
    } else {
      const point = event as ValidationPoint;
      validations.push(point);
      io.note(validationText(point));
      await writeWhole(join(out, 'report.html'), trainingReport(record()));
      await writeWhole(join(out, 'train.json'), `${JSON.stringify(record(), null, 2)}\n`);
    }
  };

  const url = (files: string[]) => files.map(engine.offer);
  await engine.receive(
    async (place, body) => {
      const what = TRAINING_POSTS[place]!;
      if (what === 'event') await hear(JSON.parse(body.toString()) as TrainingEvent);
      else await writeWhole(join(out, `${what}.safetensors`), body);
    },
    (to) =>
      engine.call('train', {
        model,
        clips: clips.map(url),
        scored: scored.map(({ frames, masks }) => ({ frames: url(frames), masks: url(masks) })),
        recipe,
        device,
        validateEvery: every,
        resume: resume === undefined ? null : engine.offer(resume),
        url: to,
      }),
  );
  return record();
}

/** A file is a clip; a folder of pictures is one too, and so is one with `frames` beside masks; any other holds clips. */
async function clipsIn(path: string): Promise<string[][]> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return [await clipFiles(path)];
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const folders = entries.filter((entry) => entry.isDirectory());
  if (files.length > 0 && files.every(({ name }) => /\.(jpe?g|png)$/i.test(name)))
    return [await clipFiles(path)];
  if (folders.some(({ name }) => name === 'frames')) return clipsIn(join(path, 'frames'));
  const nested = await Promise.all(folders.map(({ name }) => clipsIn(join(path, name))));
  const clips = [...files.map(({ name }) => [join(path, name)]), ...nested.flat()];
  if (clips.length === 0) throw failure('cli/no-frames', { path });
  return clips.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

/** A few frames, evenly spread, of every sequence of a data set that has masks of its own as files. */
async function scoredIn(path: string): Promise<Order['scored']> {
  const { sequences } = await openDataset(await folderSource(path));
  const scored = sequences.flatMap(({ frames }) => {
    const pairs = frames.flatMap(({ image, truth }) =>
      image !== null && truth && 'files' in truth ? [{ image, mask: truth.files[0]! }] : [],
    );
    if (pairs.length < VALIDATION_FRAMES) return [];
    const chosen = Array.from(
      { length: VALIDATION_FRAMES },
      (_, i) => pairs[Math.floor(((i + 0.5) * pairs.length) / VALIDATION_FRAMES)]!,
    );
    return [
      {
        frames: chosen.map(({ image }) => join(path, image)),
        masks: chosen.map(({ mask }) => join(path, mask)),
      },
    ];
  });
  if (scored.length === 0) throw failure('dataset/no-masks', { folder: path });
  return scored;
}

/** The recipe that a checkpoint was begun with. */
async function recipeOf(path: string): Promise<Recipe> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw failure('cli/no-input', { path }, { cause });
  });
  const { readCheckpoint } = await import('../../src/train/checkpoint.ts');
  return readCheckpoint(bytes).recipe;
}

function lossText({ loss, semantic, motion }: LossPoint): string {
  const [all, s, m] = [loss, semantic, motion].map((value) => value.toPrecision(4));
  return `loss ${all} (L_s ${s}, L_m ${m})`;
}

function validationText({ iteration, separation, spread, tau, clusters, j }: ValidationPoint): string {
  const scored = j === undefined ? '' : `, J ${j.toFixed(3)}`;
  return `at ${iteration}: separation ${separation.toFixed(2)}, spread ${spread.toFixed(0)} tokens, τ ${tau ?? '–'}, ${clusters.toFixed(1)} clusters${scored}`;
}

function summary(out: string, { losses, validations, seconds }: TrainingRecord): string {
  const last = validations.at(-1);
  return `${losses.length} iterations in ${seconds.toFixed(0)} s, τ ${last?.tau ?? '–'}: ${join(out, 'correlator.safetensors')}`;
}
