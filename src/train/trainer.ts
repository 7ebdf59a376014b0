import { reasonText } from '../engine/backend/report.ts';
import type { Backend } from '../engine/backend/types.ts';
import { createBackbone } from '../engine/model/backbone.ts';
import { createCorrelator } from '../engine/model/correlator.ts';
import { createLibrary } from '../engine/model/library.ts';
import type { Model } from '../engine/model/types.ts';
import type { SessionOptions } from '../engine/onnx/types.ts';
import { createDevices } from '../engine/session/devices.ts';
import type { RunSettings } from '../engine/settings/run.ts';
import { openClip } from '../engine/video/open.ts';
import { drawScaled } from '../engine/video/preprocess.ts';
import type { Clip, DecodedFrame } from '../engine/video/types.ts';
import type { ModelDefaults } from '../engine/weights/types.ts';
import { readMask } from '../evaluate/pictures.ts';
import { joined } from '../lib/arrays.ts';
import { asFailure } from '../lib/failure.ts';
import { latest, Scope, serial } from '../lib/task.ts';
import type { Picture } from './augment.ts';
import {
  exportCorrelator,
  type LossPoint,
  readCheckpoint,
  type ValidationPoint,
  writeCheckpoint,
} from './checkpoint.ts';
import { failure } from './errors.ts';
import type { Skipped, TrainingStart } from './events.ts';
import { createFeatureSource, type KeySource, type PictureSource } from './features.ts';
import { type TrainingPlan, train } from './loop.ts';
import { RECIPES, type Recipe } from './recipe.ts';
import { prepareDevice } from './step.ts';
import {
  coverage,
  type Project,
  VALIDATION_FRAMES,
  type ValidationSequence,
  validate,
} from './validation.ts';

/** What a user asks for: which model learns from which clips, and how. */
export interface TrainingOrder {
  model: string;
  /** One array of files a clip, as `openClip` takes them. */
  clips: File[][];
  recipe: Recipe;
  device: RunSettings['device'];
  /** Iterations between looks at the validation clips. */
  validateEvery: number;
  /** A checkpoint to go on from. */
  resume?: Uint8Array<ArrayBuffer>;
  /** Sequences with a mask for every frame, to measure J by at each validation; never trained on. */
  scored?: { frames: File[]; masks: File[] }[];
}

/** A training whose state is whole: at its start, now and then, and at its end. */
export interface TrainingMilestone {
  validation: ValidationPoint;
  /** To go on from. */
  checkpoint: Uint8Array<ArrayBuffer>;
  /** For the engine. */
  correlator: Uint8Array<ArrayBuffer>;
}

export interface TrainingListener {
  /** Before the first iteration. */
  onStart(start: TrainingStart): void;
  onIteration(point: LossPoint): void;
  onMilestone(milestone: TrainingMilestone): void;
}

/** Training as the page and the command line see it: one at a time, in a worker. */
export interface TrainerApi {
  /** A recipe by name, at a size and with heads that suit the model. */
  suggest(model: string, recipe: keyof typeof RECIPES): Promise<Recipe>;
  /**
   * Trains to the end of the recipe. Throws `run/cancelled` after `cancel`, an AbortError where a later call supersedes it, and what `train` and `openClip` throw;
   * where there are several clips, those that cannot be opened are left out and reported.
   */
  train(order: TrainingOrder, listener: TrainingListener): Promise<void>;
  cancel(): Promise<void>;
}

/** Decoded pictures are this much larger than a training frame: a crop then loses no detail. */
const MARGIN = 1.5;
/** Training frames are about this share of the model's own height and width: attention grows with the fourth power. */
const SIZE_SHARE = 0.5;

/** The trainer behind TrainerApi. `manifestUrl`: the list of models. */
export function createTrainer(manifestUrl: string): TrainerApi {
  const library = createLibrary(manifestUrl);
  const devices = createDevices();
  /** Training begins at the backbone, whatever has been trained on it before. */
  async function untrained(id: string, signal?: AbortSignal): Promise<Model> {
    const model = await library.load(id, undefined, signal);
    return model.entry.untrained ? library.load(model.entry.untrained, undefined, signal) : model;
  }

  async function perform(
    order: TrainingOrder,
    listener: TrainingListener,
    signal: AbortSignal,
    scope: Scope,
  ): Promise<void> {
    const { recipe } = order;
    const place = await devices.context(order.device);
    const { device } = place.report;
    await prepareDevice(device);
    const model = await untrained(order.model, signal);
    const { clips, skipped } = await openAll(order.clips, signal, scope);
    const { height, width } = recipe;
    const where = { device, ...(place.gpuDevice ? { gpuDevice: place.gpuDevice } : {}) };
    const backbone = scope.own(
      await createBackbone(model, { ...where, height, width, batch: 1, outputs: ['k'] }),
      (session) => session.release(),
    );
    const sequences = await scoredSequences(order.scored ?? [], model, where, signal);
    listener.onStart({
      device: { ...place.report, why: reasonText(place.report.why) },
      clips: clips.map(({ info }) => info.name),
      skipped,
    });
    await train({
      model: model.entry.id,
      source: createFeatureSource(picturesOf(clips, recipe), keysOf(model, backbone.run), recipe),
      backend: place.backend,
      recipe,
      tau: model.entry.defaults.tau,
      ...(order.resume ? { resume: readCheckpoint(order.resume) } : {}),
      validateEvery: order.validateEvery,
      ...(sequences.length > 0
        ? { validate: validatorOf(sequences, model, where, place.backend, signal) }
        : {}),
      onIteration: (point) => listener.onIteration(point),
      onValidation: (validation, state) =>
        listener.onMilestone({
          validation,
          checkpoint: writeCheckpoint(state),
          correlator: exportCorrelator(state),
        }),
      signal,
    });
  }

  const turn = serial();
  const training = latest((signal, order: TrainingOrder, listener: TrainingListener) =>
    turn(async () => {
      const scope = new Scope();
      try {
        await perform(order, listener, signal, scope);
      } finally {
        await scope.close();
      }
    }, signal),
  );

  return {
    async suggest(id, name) {
      const { architecture, entry } = await untrained(id);
      return suited(RECIPES[name], entry.defaults, architecture.patch);
    },
    train: training,
    cancel: async () => training.cancel(failure('run/cancelled')),
  };
}

/** The recipe at half the model's own size, rounded to patches, in batches and iterations that a browser can wait for. */
function suited(recipe: Recipe, { height, width }: ModelDefaults, patch: number): Recipe {
  const half = (pixels: number) => Math.max(6, Math.round((pixels * SIZE_SHARE) / patch)) * patch;
  return { ...recipe, height: half(height), width: half(width), heads: null, batch: 1, iterations: 300 };
}

/** Opens what can be opened, for `scope` to close; throws only where nothing can. */
async function openAll(files: readonly File[][], signal: AbortSignal, scope: Scope) {
  const clips: Clip[] = [];
  const skipped: Skipped[] = [];
  let last: unknown;
  for (const parts of files) {
    try {
      clips.push(scope.own(await openClip(parts, signal), (clip) => clip.close()));
    } catch (thrown) {
      signal.throwIfAborted();
      last = thrown;
      const { code, params, message } = asFailure(thrown);
      skipped.push({ name: parts[0]?.name ?? '', why: message, code, params });
    }
  }
  if (clips.length === 0) throw last;
  return { clips, skipped };
}

function picturesOf(
  clips: readonly Clip[],
  { height, width }: Pick<Recipe, 'height' | 'width'>,
): PictureSource {
  const size = { width: Math.round(width * MARGIN), height: Math.round(height * MARGIN) };
  const context = new OffscreenCanvas(size.width, size.height).getContext('2d', {
    alpha: false,
    willReadFrequently: true,
  })!;
  return {
    clips: clips.map(({ info }) => ({ name: info.name, frames: info.frameCount })),
    async frames(place, indices, signal) {
      const pictures: Picture[] = [];
      for await (const frame of clips[place]!.frames(indices, signal)) {
        try {
          pictures.push(pictureOf(frame, context, size.width, size.height));
        } finally {
          frame.close();
        }
      }
      return pictures;
    },
  };
}

function pictureOf(
  frame: DecodedFrame,
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
): Picture {
  drawScaled(frame, context, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const size = width * height;
  const planes = new Float32Array(3 * size);
  for (let at = 0; at < size; at++) {
    for (let plane = 0; plane < 3; plane++) planes[plane * size + at] = data[4 * at + plane]! / 255;
  }
  return { width, height, planes };
}

type RunBackbone = (pixels: Float32Array, frames: number) => Promise<{ k?: Float32Array }>;

function keysOf({ architecture, entry }: Model, run: RunBackbone): KeySource {
  const { mean, std } = entry.normalisation;
  return {
    patch: architecture.patch,
    dim: architecture.dim,
    heads: architecture.heads,
    async keys(pictures, signal) {
      const parts: Float32Array[] = [];
      for (const { width, height, planes } of pictures) {
        signal?.throwIfAborted();
        const size = width * height;
        const normalised = planes.map((value, at) => {
          const plane = Math.floor(at / size);
          return (value - mean[plane]!) / std[plane]!;
        });
        parts.push((await run(normalised, 1)).k!);
      }
      return joined(Float32Array, parts);
    },
  };
}

/** Keys of the scored sequences at the model's own size, and their masks on its grid. */
async function scoredSequences(
  files: NonNullable<TrainingOrder['scored']>,
  model: Model,
  where: SessionOptions,
  signal: AbortSignal,
): Promise<ValidationSequence[]> {
  if (files.length === 0) return [];
  const { height, width } = model.entry.defaults;
  const backbone = await createBackbone(model, { ...where, height, width, batch: 1, outputs: ['k'] });
  const { rows, columns } = backbone;
  const sequences: ValidationSequence[] = [];
  try {
    for (const { frames, masks } of files) {
      const clip = await openClip(frames, signal);
      const source = picturesOf([clip], { height: height / MARGIN, width: width / MARGIN });
      const pictures = await source.frames(0, [...frames.keys()], signal).finally(() => clip.close());
      const keys = await keysOf(model, backbone.run).keys(pictures, signal);
      const truth = new Float32Array(frames.length * rows * columns);
      for (const [place, mask] of masks.entries()) {
        const image = await readMask(new Uint8Array(await mask.arrayBuffer()), mask.name);
        truth.set(coverage(image, rows, columns), place * rows * columns);
      }
      sequences.push({ grid: { frames: frames.length, rows, columns }, keys, truth });
    }
  } finally {
    await backbone.release();
  }
  return sequences;
}

function validatorOf(
  sequences: readonly ValidationSequence[],
  model: Model,
  where: SessionOptions,
  backend: Backend,
  signal: AbortSignal,
): NonNullable<TrainingPlan['validate']> {
  return async (weights, architecture, tau) => {
    const correlator = await createCorrelator({ ...model, correlator: { architecture, weights } }, where);
    try {
      const project: Project = (keys, tokens) => {
        const frameOf = Int32Array.from({ length: tokens }, (_, token) =>
          Math.floor((token * VALIDATION_FRAMES) / tokens),
        );
        return correlator.project(keys, tokens, frameOf);
      };
      return await validate(sequences, project, architecture.heads, backend, tau, signal);
    } finally {
      await correlator.release();
    }
  };
}
