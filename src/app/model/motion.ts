import type { MotionMap } from '../../engine/session/result.ts';

/** Where something moves to: from a point of the picture, by shares of its width and height. */
export interface Arrow {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

/** Squares across the picture, each with one arrow at the most. */
const ACROSS = 24;
/** A square whose m is lower than this has no arrow … */
const LEAST_MOTION = 0.3;
/** … nor one that moves by less than this share of the width a frame. */
const LEAST_DRIFT = 0.001;
/** Arrows are as long as the way of so many frames. */
const FRAMES = 4;

/** Mean motion of squares of cells, weighed by m: what the camera does is taken off. */
export function arrowsOf({ rows, columns, m, drift, width }: MotionMap): Arrow[] {
  const side = Math.max(1, Math.round(columns / ACROSS));
  const cell = width / columns;
  const arrows: Arrow[] = [];
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      let [weight, count, dx, dy] = [0, 0, 0, 0];
      for (let y = top; y < Math.min(rows, top + side); y++) {
        for (let x = left; x < Math.min(columns, left + side); x++) {
          const at = y * columns + x;
          weight += m[at]!;
          count++;
          dx += m[at]! * drift[at]!;
          dy += m[at]! * drift[rows * columns + at]!;
        }
      }
      if (weight < LEAST_MOTION * count || Math.hypot(dx, dy) < LEAST_DRIFT * width * weight) continue;
      arrows.push({
        x: (left + Math.min(side, columns - left) / 2) / columns,
        y: (top + Math.min(side, rows - top) / 2) / rows,
        dx: (FRAMES * dx) / weight / width,
        dy: (FRAMES * dy) / weight / (cell * rows),
      });
    }
  }
  return arrows;
}
