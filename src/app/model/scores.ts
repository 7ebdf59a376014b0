import type { ClipScore } from '../../evaluate/evaluator.ts';
import { foreground, type VideoObject } from './objects.ts';

/** How one truth object fares. */
export interface TruthScore {
  /** Its label in the masks. */
  truth: number;
  /** The object matched to it; null: none. */
  object: number | null;
  J: number;
  F: number;
  /** Mean of J and F in every compared frame. */
  perFrame: Float32Array;
}

export interface Scores {
  /** Clip frames that were compared, ascending. */
  frames: Int32Array;
  truths: readonly TruthScore[];
  /** Mean over truth objects. */
  J: number;
  F: number;
}

/** Number of the object of every cluster, from 1 in the list's order; 0 for the background and for none. */
export function numbersOf(objects: readonly VideoObject[], clusters: number): Uint16Array {
  const numbers = new Uint16Array(clusters);
  foreground(objects).forEach((object, place) => {
    for (const cluster of object.clusters) numbers[cluster] = place + 1;
  });
  return numbers;
}

/** What was measured with `numbersOf` these objects. */
export function scoresOf({ frames, objects: scored }: ClipScore, objects: readonly VideoObject[]): Scores {
  const listed = foreground(objects);
  const truths = scored.map(
    ({ truth, proposal, measures, J, F }): TruthScore => ({
      truth,
      object: proposal === null ? null : listed[proposal - 1]!.id,
      J: measures.J!,
      F: measures.F!,
      perFrame: Float32Array.from(J, (j, i) => (j + F![i]!) / 2),
    }),
  );
  return {
    frames,
    truths,
    J: mean(truths.map(({ J }) => J)),
    F: mean(truths.map(({ F }) => F)),
  };
}

/** J&F of every compared frame: of the truth matched to the object, or the mean over all where it has none. */
export function curveOf({ frames, truths }: Scores, object: number | null): Float32Array {
  const own = truths.find((truth) => object !== null && truth.object === object);
  if (own) return own.perFrame;
  return Float32Array.from(frames, (_, i) => mean(truths.map(({ perFrame }) => perFrame[i]!)));
}

/**
 * Bars of figures from 0 to 1 as an SVG path in a box of `count` × 1, each from halfway to its neighbours; the first and
 * last reach as far to their other side, within the clip.
 */
export function barsPath(values: ArrayLike<number>, frames: ArrayLike<number>, count: number): string {
  const middle = (i: number) => frames[i]! + 0.5;
  const parts: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const before = i > 0 ? (middle(i) - middle(i - 1)) / 2 : null;
    const after = i < values.length - 1 ? (middle(i + 1) - middle(i)) / 2 : null;
    const from = Math.max(0, middle(i) - (before ?? after ?? 0.5));
    const to = Math.min(count, middle(i) + (after ?? before ?? 0.5));
    parts.push(`M${trim(from)} 1V${trim(1 - values[i]!)}H${trim(to)}V1Z`);
  }
  return parts.join('');
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const trim = (value: number): number => Math.round(value * 1000) / 1000;
