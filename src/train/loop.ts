import { headMeanSoftmax } from '../engine/backend/plain/attention.ts';
import type { Backend } from '../engine/backend/types.ts';
import type { CorrelatorArchitecture, Weights } from '../engine/weights/types.ts';
import { joined } from '../lib/arrays.ts';
import { createRandom, mixSeeds, type Random } from '../lib/random.ts';
import { mean } from '../metrics/statistics.ts';
import { learningRateAt, updateAdamW } from './adamw.ts';
import { initialState, type LossPoint, type TrainingState, type ValidationPoint } from './checkpoint.ts';
import { type DIVERGED, failure } from './errors.ts';
import { type FeatureSource, longEnough, trainingSample, validationSample } from './features.ts';
import { checkRecipe, type Recipe } from './recipe.ts';
import { calibrateTau, countClusters, type Separation, separationOf } from './separation.ts';
import { randomWeights, startWeights } from './start.ts';
import { createStep, type Step, type TrainingClip } from './step.ts';

/** What a training is made of, and who hears of it. `prepareDevice` has to have been called. */
export interface TrainingPlan {
  /** Id of the model whose backbone is used. */
  model: string;
  source: FeatureSource;
  /** For the clusterings by which τ is calibrated. */
  backend: Backend;
  recipe: Recipe;
  /** τ that suits the untrained path. */
  tau: number;
  /** A state to go on from, of the same model and recipe. */
  resume?: TrainingState;
  /** Iterations from one validation, and checkpoint, to the next; one more comes after the last iteration. */
  validateEvery: number;
  /** Mean J of the weights at τ, where there are masks. */
  validate?: (weights: Weights, architecture: CorrelatorArchitecture, tau: number) => Promise<number>;
  onIteration?: (point: LossPoint, state: TrainingState) => void;
  /** Called at each validation; the state is whole and may be written out. */
  onValidation?: (point: ValidationPoint, state: TrainingState) => void | Promise<void>;
  signal?: AbortSignal;
}

/** Every eighth clip is kept for validation; of fewer, the only clips serve both ends. */
const HELD_OUT = 8;
/** Clips at most that validation looks at: clustering them takes longer than a step. */
const VALIDATION_CLIPS = 6;
/** Clips whose keys the start is fitted on. */
const START_CLIPS = 8;
/** More clusters than this in a clip of T frames is the collapse that long training of the released code is known for. */
const MOST_CLUSTERS = 100;

/**
 * Trains the correlator on frozen features. Iterations, samples, augmentations, queries and dropout all follow from the
 * recipe's seed; a training that is stopped and resumed ends in the same weights as one that was not.
 * Throws `run/cancelled`, `train/no-clip`, `train/diverged`, `train/checkpoint`, `run/bad-setting`.
 */
export async function train(plan: TrainingPlan): Promise<TrainingState> {
  const { source, recipe, signal } = plan;
  const places = longEnough(source.clips, recipe);
  const split = splitClips(places);
  const state = plan.resume ? resumed(plan.resume, plan) : await fresh(plan, places);
  const step = createStep(state.architecture, recipe);
  try {
    const clips: TrainingClip[] = [];
    for (const place of split.validation) {
      clips.push(await source.read(validationSample(source.clips, place, recipe), signal));
    }
    const first = clips[0]!;
    checkRecipe(recipe, first.rows * first.columns);
    if (state.iteration === 0) await validate(plan, state, step, clips);
    const random = createRandom(state.random);
    while (state.iteration < recipe.iterations) {
      signal?.throwIfAborted();
      const point = await iterate(plan, state, step, split.training, random);
      state.losses.push(point);
      state.iteration++;
      state.random = random.state;
      plan.onIteration?.(point, state);
      const due = state.iteration % plan.validateEvery === 0 || state.iteration === recipe.iterations;
      if (due) await validate(plan, state, step, clips);
    }
    return state;
  } finally {
    step.release();
  }
}

function splitClips(places: readonly number[]) {
  const held = places.filter((_, i) => i % HELD_OUT === HELD_OUT - 1);
  const training = places.filter((_, i) => i % HELD_OUT !== HELD_OUT - 1);
  const validation = held.length > 0 ? held : places;
  return { training, validation: validation.slice(0, VALIDATION_CLIPS) };
}

async function fresh(plan: TrainingPlan, places: readonly number[]): Promise<TrainingState> {
  const { source, recipe, model, signal } = plan;
  const seed = mixSeeds(recipe.seed, places.length);
  const samples: Float32Array[] = [];
  for (const place of places.slice(0, START_CLIPS)) {
    samples.push((await source.read(trainingSample(source.clips, place, 0, recipe), signal)).keys);
  }
  const keys = joined(Float32Array, samples);
  const architecture: CorrelatorArchitecture = {
    dim: source.dim,
    heads: recipe.heads ?? source.heads,
    hidden: 4 * source.dim,
    epsilon: 1e-5,
    temporalPositions: recipe.temporalPositions ? recipe.frames : 0,
  };
  const weights =
    recipe.start === 'keys'
      ? startWeights(keys, architecture, source.heads, recipe.seed)
      : randomWeights(architecture, recipe.seed);
  return initialState({ model, architecture, recipe, weights, random: seed });
}

function resumed(state: TrainingState, { model, recipe }: TrainingPlan): TrainingState {
  const differs = (Object.keys(recipe) as (keyof Recipe)[]).filter(
    (key) => recipe[key] !== state.recipe[key],
  );
  if (state.model !== model) {
    throw failure('train/checkpoint', {
      why: { code: 'model', params: { is: state.model, wants: model } },
    });
  }
  if (differs.length > 0) {
    throw failure('train/checkpoint', {
      why: { code: 'recipe', params: { differs: differs.join(', ') } },
    });
  }
  return state;
}

/** One update: gradients of `batch` samples, averaged. */
async function iterate(
  { source, recipe, signal }: TrainingPlan,
  state: TrainingState,
  step: Step,
  training: readonly number[],
  random: Random,
): Promise<LossPoint> {
  const started = performance.now();
  const sums = { loss: 0, semantic: 0, motion: 0 };
  const total = new Map<string, Float32Array>();
  for (let member = 0; member < recipe.batch; member++) {
    const place = training[random.integer(training.length)]!;
    const sample = trainingSample(source.clips, place, random.integer(recipe.variants), recipe);
    const clip = await source.read(sample, signal);
    const { loss, gradients } = await step.gradients(state.weights, clip, random.integer(2 ** 31));
    sums.loss += loss.total / recipe.batch;
    sums.semantic += loss.semantic / recipe.batch;
    sums.motion += loss.motion / recipe.batch;
    for (const [name, { data }] of gradients) {
      const sum = total.get(name) ?? new Float32Array(data.length);
      for (let i = 0; i < data.length; i++) sum[i]! += data[i]! / recipe.batch;
      total.set(name, sum);
    }
  }
  if (!Number.isFinite(sums.loss) || ![...total.values()].every(allFinite)) {
    throw failure('train/diverged', { iteration: state.iteration, why: 'loss' });
  }
  const learningRate = learningRateAt(state.iteration, recipe);
  updateAdamW(state.weights, total, state.optimiser, learningRate, recipe.weightDecay);
  const seconds = (performance.now() - started) / 1000;
  return { iteration: state.iteration + 1, ...sums, learningRate, seconds };
}

function allFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

/** Measures the state on the validation clips. Throws if training diverged, before the state is reported. */
async function validate(
  plan: TrainingPlan,
  state: TrainingState,
  step: Step,
  clips: readonly TrainingClip[],
): Promise<void> {
  const { recipe, backend, signal } = plan;
  const attentions: Float32Array[] = [];
  const seen: Separation[] = [];
  for (const clip of clips) {
    const { maps, shape } = await step.observe(state.weights, clip);
    attentions.push(maps.attention);
    seen.push(separationOf(maps, shape, recipe));
  }
  if (state.iteration === 0) Object.assign(state, await granularityOf(plan, clips));
  const clusters = (tau: number) => meanClusters(backend, attentions, clips, tau, signal);
  // A stretch of τ gives one number of clusters: the new τ lies in its stretch where the untrained path's did.
  const least = await calibrateTau(clusters, state.granularity);
  const tau = least === null ? null : Number(((plan.tau * least) / state.anchor).toPrecision(3));
  const average = (key: keyof Separation) => mean(seen.map((one) => one[key]));
  const point: ValidationPoint = {
    iteration: state.iteration,
    separation: average('separation'),
    positive: average('positive'),
    negative: average('negative'),
    spread: average('spread'),
    tau,
    clusters: tau === null ? Number.NaN : await clusters(tau),
  };
  const stop = (why: keyof typeof DIVERGED) => {
    throw failure('train/diverged', { iteration: state.iteration, why });
  };
  if (tau === null || point.clusters > MOST_CLUSTERS) stop('clusters');
  if (point.spread < recipe.frames) stop('collapsed');

  if (tau !== null && plan.validate) point.j = await plan.validate(state.weights, state.architecture, tau);
  state.validations.push(point);
  await plan.onValidation?.(point, state);
}

/** How finely the untrained path (q = k = the backbone's keys, its own heads) divides the clips at its τ. */
async function granularityOf(
  { source, backend, tau, signal }: TrainingPlan,
  clips: readonly TrainingClip[],
): Promise<Pick<TrainingState, 'granularity' | 'anchor'>> {
  const { heads, dim } = source;
  const like = { heads, channels: dim / heads, temperature: Array.from({ length: heads }, () => 1) };
  const attentions = clips.map(({ keys }) => Float32Array.from(headMeanSoftmax(keys, keys, like)));
  const clusters = (at: number) => meanClusters(backend, attentions, clips, at, signal);
  const granularity = await clusters(tau);
  return { granularity, anchor: (await calibrateTau(clusters, granularity)) ?? tau };
}

async function meanClusters(
  backend: Backend,
  attentions: readonly Float32Array[],
  clips: readonly TrainingClip[],
  tau: number,
  signal?: AbortSignal,
): Promise<number> {
  const counts: number[] = [];
  for (const [i, { frames, rows, columns }] of clips.entries()) {
    counts.push(await countClusters(backend, attentions[i]!, { frames, rows, columns }, tau, signal));
  }
  return mean(counts);
}
