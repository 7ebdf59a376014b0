import type { LabelMap } from '../../engine/session/api.ts';

/** A square of a picture, in its pixels. It may reach past the picture's edges. */
export interface Crop {
  left: number;
  top: number;
  side: number;
}

/** Share of its side that a portrait leaves around the object. */
const MARGIN = 0.12;
/** Least side of a crop in pixels: less would only show how coarse the picture is. */
const LEAST = 24;

/** The square around an object's pixels; null where it has none. `places`: place of the object of every cluster. */
export function cropAround(map: LabelMap, places: ArrayLike<number>, place: number): Crop | null {
  const { width, height, labels } = map;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (places[labels[at]!] !== place) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return null;
  const reach = Math.max(right - left, bottom - top) + 1;
  const side = Math.min(Math.max(LEAST, reach * (1 + 2 * MARGIN)), Math.max(width, height));
  return { left: (left + right + 1 - side) / 2, top: (top + bottom + 1 - side) / 2, side };
}

/** Where an object shows most: the index of the largest of its shares at the given places. */
export const largest = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares));
