import { failure } from '../lib/errors.ts';
import { fromHalf, toHalf } from '../lib/half.ts';
import { type Augmentation, augment, drawAugmentation, type Picture, UNCHANGED } from './augment.ts';
import { createRandom, mixSeeds, type Random } from './random.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingClip } from './step.ts';

/** Decoded clips, asked for a few frames at a time. */
export interface PictureSource {
  readonly clips: readonly { name: string; frames: number }[];
  /** The frames with these indices (ascending) of the clip at `clip`, in order. */
  frames(clip: number, indices: readonly number[], signal?: AbortSignal): Promise<Picture[]>;
}

/** The frozen backbone. */
export interface KeySource {
  readonly patch: number;
  readonly dim: number;
  /** Heads of the backbone's own attention. */
  readonly heads: number;
  /** Keys of the last block without the class token, [pictures · tokens, dim]. Pictures are in 0..1, not normalised. */
  keys(pictures: readonly Picture[], signal?: AbortSignal): Promise<Float32Array>;
}

/** One training clip by name: the same request always gives the same clip. */
export interface Sample {
  clip: number;
  indices: readonly number[];
  augmentation: Augmentation;
}

/** Frozen features of samples. */
export interface FeatureSource {
  readonly dim: number;
  readonly heads: number;
  readonly clips: PictureSource['clips'];
  read(sample: Sample, signal?: AbortSignal): Promise<TrainingClip>;
}

/** T frames, a jittered stride apart, anywhere in the clip; a clip too short for the stride is taken more closely. */
export function drawFrames(frameCount: number, recipe: Recipe, random: Random): number[] {
  const { frames, stride, strideJitter } = recipe;
  const widest = Math.floor((frameCount - 1) / (frames - 1));
  const steps = Array.from({ length: frames - 1 }, () =>
    Math.min(widest, stride + random.integer(2 * strideJitter + 1) - strideJitter),
  );
  const span = steps.reduce((a, b) => a + b, 0);
  let index = random.integer(frameCount - span);
  return [index, ...steps.map((step) => (index += step))];
}

/**
 * Training samples of one clip are drawn from a pool of `recipe.variants`, so that the backbone runs once for each.
 * The pool depends on the recipe's seed and the clip's place alone.
 */
export function trainingSample(
  clips: PictureSource['clips'],
  clip: number,
  variant: number,
  recipe: Recipe,
): Sample {
  const random = createRandom(mixSeeds(recipe.seed, clip, variant));
  return {
    clip,
    indices: drawFrames(clips[clip]!.frames, recipe, random),
    augmentation: drawAugmentation(random, recipe),
  };
}

/** Whole frames from the middle of a clip. */
export function validationSample(clips: PictureSource['clips'], clip: number, recipe: Recipe): Sample {
  const count = clips[clip]!.frames;
  const stride = Math.min(recipe.stride, Math.floor((count - 1) / (recipe.frames - 1)));
  const first = Math.floor((count - 1 - stride * (recipe.frames - 1)) / 2);
  const indices = Array.from({ length: recipe.frames }, (_, i) => first + i * stride);
  return { clip, indices, augmentation: UNCHANGED };
}

/** Which clips have frames enough. Throws `train/no-clip` where none has. */
export function longEnough(clips: PictureSource['clips'], recipe: Recipe): number[] {
  const places = clips.flatMap(({ frames }, place) => (frames >= recipe.frames ? [place] : []));
  if (places.length === 0) {
    const longest = Math.max(0, ...clips.map(({ frames }) => frames));
    throw failure('train/no-clip', { frames: longest, needed: recipe.frames });
  }
  return places;
}

/** Pictures through augmentation and backbone; keys are kept in 16 bits, oldest use dropped first beyond `budget` bytes. */
export function createFeatureSource(
  pictures: PictureSource,
  backbone: KeySource,
  { height, width }: Pick<Recipe, 'height' | 'width'>,
  budget = 512 * 2 ** 20,
): FeatureSource {
  const rows = height / backbone.patch;
  const columns = width / backbone.patch;
  const cache = new Map<string, Uint16Array>();
  let held = 0;

  const remember = (name: string, halves: Uint16Array) => {
    cache.set(name, halves);
    held += halves.byteLength;
    for (const [oldest, { byteLength }] of cache) {
      if (held <= budget || oldest === name) break;
      cache.delete(oldest);
      held -= byteLength;
    }
  };

  return {
    dim: backbone.dim,
    heads: backbone.heads,
    clips: pictures.clips,
    async read(sample, signal) {
      const name = JSON.stringify(sample);
      let halves = cache.get(name);
      if (halves) {
        cache.delete(name);
        cache.set(name, halves);
      } else {
        const frames = await pictures.frames(sample.clip, sample.indices, signal);
        const changed = frames.map((frame) => augment(frame, sample.augmentation, width, height));
        halves = toHalf(await backbone.keys(changed, signal));
        remember(name, halves);
      }
      return { frames: sample.indices.length, rows, columns, keys: fromHalf(halves) };
    },
  };
}
