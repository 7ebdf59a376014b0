import { yieldAtTimes } from '../../lib/events.ts';
import type { OnPart } from '../../lib/task.ts';
import type { Grid } from '../backend/types.ts';
import { planeOf, stepOf, tokensIn, widened } from '../cluster/connected.ts';
import { leafDistances } from './prompted.ts';
import { CANDIDATES, type FrameRecord, type Records } from './records.ts';

/** How far around the painted tokens the object under them is looked for, as a share of the grid's longer side. */
const AROUND = 1 / 8;
/** Two tokens are unlike by their D, divided by this share of the mean D to the clip's tokens, at most 1. */
const ALIKE = 0.3;
/** Unlikeness of what is outside of a frame: neither like nor unlike. */
const OUTSIDE = 0.5;
/** Mean unlikeness from which a frame does not show what is sought. */
const MOST_UNLIKE = 0.5;

/** A token of the painted frame, to be found in others. */
interface Sought {
  row: number;
  column: number;
  painted: boolean;
  /** Whether the painted tokens move with it. */
  anchors: boolean;
  /** D of it to every leaf, and the mean over the clip's tokens. */
  to: Float32Array;
  mean: number;
}

/** Rows and columns that something moved by since the painted frame. */
interface Shift {
  down: number;
  right: number;
}

/**
 * Propagates painted tokens of one frame through all others that have been followed. From frame to frame, both ways, they
 * move with the object under them: its tokens there and around, or all tokens where there is no object. These are compared, by
 * D (Eq. 2) of their leaves, with the painted frame itself, so that nothing drifts. In frames where they are hidden there are
 * none, and the search widens until they are found again. Object tokens that have become unlike are hidden, and left out.
 *
 * @param painted tokens of one frame: place · tokens of a frame + token
 * @param isObject whether a token of that frame, by its number in it, is of an object
 * @param apart D between the leaves, [leaves, leaves]
 * @param onPart how many of the other frames are done
 * @returns tokens of the other frames, ascending
 * @throws the signal's reason
 */
export async function propagatePainted(
  painted: readonly number[],
  isObject: (token: number) => boolean,
  records: Pick<Records, 'get' | 'grid'>,
  apart: Float32Array,
  signal: AbortSignal,
  onPart?: OnPart,
): Promise<Int32Array> {
  const { grid } = records;
  const n = grid.rows * grid.columns;
  const side = Math.max(grid.rows, grid.columns);
  const step = stepOf(grid);
  const place = Math.floor(painted[0]! / n);
  const record = records.get(place);
  if (!record) return new Int32Array(0);
  const own = new Set(painted.map((token) => token % n));
  const sought = soughtIn(record, own, isObject, apart, await leafShares(records, apart, signal), grid);
  const found = new Map<number, number[]>();
  let done = 0;
  for (const direction of [1, -1]) {
    let at: Shift = { down: 0, right: 0 };
    let reach = step;
    for (let frame = place + direction; frame >= 0 && frame < grid.frames; frame += direction) {
      await yieldAtTimes(frame, signal);
      onPart?.(++done / (grid.frames - 1));
      const there = records.get(frame);
      const shift = there ? bestShift(sought, there, at, reach, grid) : null;
      reach = shift ? step : Math.min(side, reach + step);
      if (!there || !shift) continue;
      at = shift;
      found.set(frame, tokensAt(sought, there, shift, grid));
    }
  }
  const frames = [...found].sort(([a], [b]) => a - b);
  return Int32Array.from(frames.flatMap(([frame, tokens]) => tokens.map((token) => frame * n + token)));
}

/** Share of the tokens of all followed frames that each leaf is nearest to. */
async function leafShares(
  records: Pick<Records, 'get' | 'grid'>,
  apart: Float32Array,
  signal: AbortSignal,
): Promise<Float64Array> {
  const counts = new Float64Array(Math.sqrt(apart.length));
  let tokens = 0;
  for (let frame = 0; frame < records.grid.frames; frame++) {
    await yieldAtTimes(frame, signal);
    const leaves = records.get(frame)?.leaves ?? [];
    for (let i = 0; i < leaves.length; i += CANDIDATES) counts[leaves[i]!]!++;
    tokens += leaves.length / CANDIDATES;
  }
  return counts.map((count) => count / tokens);
}

/** The painted tokens, and the anchors that they move with. */
function soughtIn(
  record: FrameRecord,
  painted: ReadonlySet<number>,
  isObject: (token: number) => boolean,
  apart: Float32Array,
  shares: Float64Array,
  grid: Grid,
): Sought[] {
  const { rows, columns } = grid;
  const far = Math.max(1, Math.round(AROUND * Math.max(rows, columns)));
  const near = tokensIn(widened(planeOf(painted, grid), far, grid));
  const objects = near.filter(isObject);
  const anchors = new Set(objects.length > 0 ? objects : near);
  return near
    .filter((token) => painted.has(token) || anchors.has(token))
    .map((token) => {
      const to = leafDistances(record, token, apart, shares.length);
      return {
        row: Math.floor(token / columns),
        column: token % columns,
        painted: painted.has(token),
        anchors: anchors.has(token),
        to,
        mean: to.reduce((sum, distance, leaf) => sum + distance * shares[leaf]!, 0),
      };
    });
}

/** The shift at which the anchors are most alike, at most `reach` from the last one, the nearest on a tie; null where there is none. */
function bestShift(
  sought: readonly Sought[],
  record: FrameRecord,
  from: Shift,
  reach: number,
  grid: Grid,
): Shift | null {
  const anchors = sought.filter(({ anchors }) => anchors);
  let best: Shift | null = null;
  let least = MOST_UNLIKE * anchors.length;
  for (const { down, right } of around(reach)) {
    const shift = { down: from.down + down, right: from.right + right };
    let unlike = 0;
    for (const one of anchors) {
      const token = movedTo(one, shift, grid);
      unlike += token === null ? OUTSIDE : unlikeness(one, record, token);
      if (unlike >= least) break;
    }
    if (unlike < least) [least, best] = [unlike, shift];
  }
  return best;
}

/** Shifts of at most `reach` rows and columns, the shortest first. */
function around(reach: number): Shift[] {
  const side = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return side
    .flatMap((down) => side.map((right) => ({ down, right })))
    .sort((a, b) => Math.hypot(a.down, a.right) - Math.hypot(b.down, b.right));
}

/** The painted tokens, shifted. */
function tokensAt(sought: readonly Sought[], record: FrameRecord, shift: Shift, grid: Grid): number[] {
  const tokens: number[] = [];
  for (const one of sought) {
    const token = one.painted ? movedTo(one, shift, grid) : null;
    if (token === null) continue;
    // Background that was painted is known by its place alone.
    if (!one.anchors || distanceTo(one, record, token) <= one.mean) tokens.push(token);
  }
  return tokens.sort((a, b) => a - b);
}

/** Number of a shifted token in its frame; null outside of it. */
function movedTo({ row, column }: Sought, { down, right }: Shift, { rows, columns }: Grid): number | null {
  const [y, x] = [row + down, column + right];
  return y >= 0 && y < rows && x >= 0 && x < columns ? y * columns + x : null;
}

const unlikeness = (one: Sought, record: FrameRecord, token: number): number =>
  Math.min(1, distanceTo(one, record, token) / Math.max(1e-6, ALIKE * one.mean));

/** D to a token of another frame, by its leaves. */
function distanceTo({ to }: Sought, { leaves, weights }: FrameRecord, token: number): number {
  let [sum, total] = [0, 0];
  for (let i = token * CANDIDATES; i < (token + 1) * CANDIDATES; i++) {
    sum += weights[i]! * to[leaves[i]!]!;
    total += weights[i]!;
  }
  return sum / total;
}
