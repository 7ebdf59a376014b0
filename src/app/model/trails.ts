import { LABELS } from '../../engine/mask/strokes.ts';
import type { Trail, Trails } from '../../engine/mask/trail.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { placesOf, type VideoObject } from './objects.ts';

/** Seconds that a trail reaches back. */
const SECONDS = 2;
/** Frames to either side that a place is averaged over: tokens are coarse, and would make it tremble. */
const AROUND = 2;

/**
 * The way that each object's middle goes, in the list's order, from the run's tokens; straight between frames that were
 * processed.
 *
 * @param objects with all nodes that `nodes` may name
 * @param nodes node of every token of the run, negative where a frame is pending
 */
export function trailsOf(
  { frames, grid }: Pick<RunResult, 'frames' | 'grid'>,
  nodes: Int32Array,
  objects: readonly VideoObject[],
  { frameCount, duration }: { frameCount: number; duration: number },
): Trails {
  const places = placesOf(objects, LABELS);
  const perFrame = grid.rows * grid.columns;
  const paths = objects.map(
    ({ colour }): Trail => ({ colour, points: new Float32Array(2 * frameCount).fill(Number.NaN) }),
  );
  const sums = new Float64Array(3 * objects.length);
  for (const [place, frame] of frames.entries()) {
    sums.fill(0);
    for (let token = 0; token < perFrame; token++) {
      const node = nodes[place * perFrame + token]!;
      const object = node < 0 ? objects.length : places[node]!;
      if (object === objects.length) continue;
      sums[3 * object]! += (token % grid.columns) + 0.5;
      sums[3 * object + 1]! += Math.floor(token / grid.columns) + 0.5;
      sums[3 * object + 2]! += 1;
    }
    for (const [object, { points }] of paths.entries()) {
      const count = sums[3 * object + 2]!;
      if (count === 0) continue;
      points[2 * frame] = sums[3 * object]! / count / grid.columns;
      points[2 * frame + 1] = sums[3 * object + 1]! / count / grid.rows;
    }
  }
  for (const trail of paths) {
    for (let at = 1; at < frames.length; at++) bridge(trail.points, frames[at - 1]!, frames[at]!);
    trail.points = smoothed(trail.points);
  }
  const length = Math.max(2, Math.round((SECONDS * frameCount) / Math.max(duration, 1e-3)));
  return { length, paths };
}

/** Fills the frames between two, where both have a place. */
function bridge(points: Float32Array, from: number, to: number): void {
  for (let frame = from + 1; frame < to; frame++) {
    const part = (frame - from) / (to - from);
    for (const axis of [0, 1])
      points[2 * frame + axis] = points[2 * from + axis]! * (1 - part) + points[2 * to + axis]! * part;
  }
}

/** Each place averaged with those near it that there are. */
function smoothed(points: Float32Array): Float32Array {
  return points.map((own, at) => {
    if (Number.isNaN(own)) return own;
    let [sum, count] = [0, 0];
    for (let away = -AROUND; away <= AROUND; away++) {
      const other = points[at + 2 * away];
      if (other === undefined || Number.isNaN(other)) continue;
      sum += other;
      count += 1;
    }
    return sum / count;
  });
}
