import type { LossPoint } from '../../train/checkpoint.ts';
import type { RECIPES, Recipe } from '../../train/recipe.ts';

/** Iterations that are offered. */
export const LENGTHS = { short: 40, medium: 120, long: 300 } as const;
export type Length = keyof typeof LENGTHS;

/** Training frames that are offered, as shares of the height and width that suit the model. */
export const SIZES = { small: 0.5, usual: 1, large: 1.5 } as const;

/** What a user decides about a training. */
export interface AdaptChoice {
  recipe: keyof typeof RECIPES;
  iterations: number;
  size: keyof typeof SIZES;
  /** Clip frames from one training frame to the next. */
  stride: number;
}

/** The recipe that a choice makes of the one that suits the model. */
export function chosenRecipe(suited: Recipe, choice: AdaptChoice, patch: number): Recipe {
  const { iterations, stride } = choice;
  const scaled = (pixels: number) => Math.max(6, Math.round((pixels * SIZES[choice.size]) / patch)) * patch;
  return {
    ...suited,
    iterations,
    stride,
    strideJitter: Math.min(suited.strideJitter, stride - 1),
    height: scaled(suited.height),
    width: scaled(suited.width),
  };
}

/** Looks at the validation clips in one training: each is a state that stopping can fall back on. */
const LOOKS = 10;
export const validateEvery = (iterations: number): number => Math.max(1, Math.ceil(iterations / LOOKS));

/** A point of the loss curve, and when it came, in seconds of any clock. */
export interface TimedPoint extends LossPoint {
  at: number;
}

/** Iterations after which the pace is shown. */
const RECENT = 20;

/** Seconds an iteration takes lately, validations included; null before the second one. */
export function pace(points: readonly TimedPoint[]): number | null {
  const recent = points.slice(-RECENT - 1);
  const [first, last] = [recent[0], recent.at(-1)];
  return first && last && recent.length > 1 ? (last.at - first.at) / (recent.length - 1) : null;
}

/** Mean over the nearest points: with one clip an iteration, clips differ more than iterations do. */
export function smoothed(losses: readonly number[]): number[] {
  const reach = Math.floor(losses.length / 16);
  return losses.map((_, at) => {
    const near = losses.slice(Math.max(0, at - reach), at + reach + 1);
    return near.reduce((sum, loss) => sum + loss, 0) / near.length;
  });
}

/** Frames to compare masks on: the one that is looked at, and a few over the processed ones, in order. */
export function comparedFrames(processed: Int32Array, current: number): number[] {
  const last = processed.length - 1;
  const spread = [0, 1 / 3, 2 / 3, 1].map((share) => processed[Math.round(share * last)]!);
  return [...new Set([...spread, current])].sort((a, b) => a - b);
}
