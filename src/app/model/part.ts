import { type Click, type Correction, isMade } from '../../engine/mask/corrections.ts';
import { NOTHING } from '../../engine/mask/strokes.ts';
import { nearestFrame } from '../../engine/mask/upsample.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { needParts } from './corrected.ts';
import { hierarchyOf } from './hierarchy.ts';
import type { VideoObject } from './objects.ts';

/** Tokens between two places that are not the same. */
const APART = 2;

/** Every label that masks of objects and their corrections can have, but that of nothing. */
export function labelsOf(
  result: RunResult,
  objects: readonly VideoObject[],
  strokes: readonly Correction[],
): number[] {
  const hierarchy = hierarchyOf(result);
  // Where parts are objects, a cluster may hold some of an object and some of another.
  const own =
    hierarchy && needParts(hierarchy, objects, strokes)
      ? [...hierarchy.leaves]
      : Array.from({ length: result.clustering.clusters }, (_, cluster) => cluster);
  return [...own, ...new Set(strokes.map(({ to }) => to).filter(isMade))];
}

/**
 * Where an object stays as it is when a part of it is taken away at a click, as clicks beside that part: the middle of each of
 * its leaves on the frame, and of the leaf that is clicked on what is farthest away. Null: the object is not there.
 *
 * @param nodes node of every token of the run, corrections included
 * @param owned nodes of the object, with those below
 */
export function staysOf(
  { frames, grid }: Pick<RunResult, 'frames' | 'grid'>,
  nodes: Int32Array,
  owned: ReadonlySet<number>,
  { frame, x, y }: Pick<Click, 'frame' | 'x' | 'y'>,
): Click[] | null {
  const { rows, columns } = grid;
  const first = nearestFrame(frames, frame) * rows * columns;
  const at = {
    row: Math.min(rows - 1, Math.floor(y * rows)),
    column: Math.min(columns - 1, Math.floor(x * columns)),
  };
  const tokens = new Map<number, Place[]>();
  for (let token = 0; token < rows * columns; token++) {
    const node = nodes[first + token]!;
    if (!owned.has(node)) continue;
    const place = { row: Math.floor(token / columns), column: token % columns };
    tokens.set(node, [...(tokens.get(node) ?? []), place]);
  }
  const nearest = least([...tokens.values()].flat(), (place) => between(place, at));
  // Masks are finer than tokens: beside the object's tokens there may be some of it still.
  if (!nearest || between(nearest, at) >= APART) return null;
  return [...tokens.values()].flatMap((leaf) => {
    const clicked = leaf.includes(nearest);
    const stay = least(leaf, clicked ? (place) => -between(place, at) : awayFromMean(leaf))!;
    if (clicked && between(stay, at) < APART) return [];
    return [{ frame, x: (stay.column + 0.5) / columns, y: (stay.row + 0.5) / rows, positive: false }];
  });
}

interface Place {
  row: number;
  column: number;
}

const between = (a: Place, b: Place): number => Math.hypot(a.row - b.row, a.column - b.column);

function awayFromMean(places: readonly Place[]): (place: Place) => number {
  const mean = (of: (place: Place) => number) =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const middle = { row: mean(({ row }) => row), column: mean(({ column }) => column) };
  return (place) => between(place, middle);
}

/** The place for which a value is least; undefined where there is none. */
function least(places: readonly Place[], value: (place: Place) => number): Place | undefined {
  let [found, low] = [places[0], Number.POSITIVE_INFINITY];
  for (const place of places) {
    const own = value(place);
    if (own < low) [found, low] = [place, own];
  }
  return found;
}

/** Whether clicks take a part away, and do not add one. */
export const takesAway = (part: { to: number } | null): boolean => part?.to === NOTHING;
