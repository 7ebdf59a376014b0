import type { RunSettings } from '../../engine/settings/run.ts';

/** Scales of the model's own size that are offered. */
const SCALES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const PATCHES = [8, 14, 16];

/**
 * Input sizes to offer around one that fits the model. The patch is not known here, so a size is offered only where it
 * is a multiple of every usual patch that the known size is a multiple of.
 */
export function sizesAround(height: number, width: number): { height: number; width: number }[] {
  const patches = PATCHES.filter((patch) => height % patch === 0 && width % patch === 0);
  return SCALES.map((scale) => ({ height: height * scale, width: width * scale })).filter(
    (size) =>
      Number.isInteger(size.height) &&
      Number.isInteger(size.width) &&
      (size.height === height || patches.length > 0) &&
      patches.every((patch) => size.height % patch === 0 && size.width % patch === 0),
  );
}

/** Settings of equal content decide the same run. */
export const sameRun = (a: RunSettings, b: RunSettings): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Steps of the τ slider: about 200 over its range, round numbers. */
export function tauStep([low, high]: readonly [number, number]): number {
  const raw = (high - low) / 200;
  const power = 10 ** Math.floor(Math.log10(raw));
  return Number((([1, 2, 5].find((digit) => digit * power >= raw * 0.999) ?? 10) * power).toPrecision(1));
}
