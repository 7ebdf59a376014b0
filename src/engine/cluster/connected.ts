import type { Cells } from '../../lib/size.ts';

/** Some tokens of a frame: 1 or 0 of each, [tokens]. */
export type Plane = Uint8Array;

/** Steps to tokens that share an edge, and to those that share a corner. */
const EDGES = [
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, 0],
] as const;
const CORNERS = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

/** How far something may move from one frame to the next, as a share of the grid's longer side. */
const STEP = 1 / 16;

/** The same in tokens. */
export const stepOf = ({ rows, columns }: Cells): number =>
  Math.max(1, Math.round(STEP * Math.max(rows, columns)));

/** @param tokens their numbers in the frame */
export function planeOf(tokens: Iterable<number>, { rows, columns }: Cells): Plane {
  const plane = new Uint8Array(rows * columns);
  for (const token of tokens) plane[token] = 1;
  return plane;
}

/** Numbers in the frame, ascending. */
export const tokensIn = (plane: Plane): number[] => [...plane.keys()].filter((token) => plane[token] === 1);

/** Appends to `tokens` all that is connected with them and that `take` accepts, each once. */
function flood(
  tokens: number[],
  take: (token: number) => boolean,
  { rows, columns }: Cells,
  by: 'edges' | 'corners',
): number[] {
  const steps = by === 'edges' ? EDGES : [...EDGES, ...CORNERS];
  for (const token of tokens) {
    const [row, column] = [Math.floor(token / columns), token % columns];
    for (const [dy, dx] of steps) {
      const [y, x] = [row + dy, column + dx];
      if (y < 0 || x < 0 || y >= rows || x >= columns) continue;
      if (take(y * columns + x)) tokens.push(y * columns + x);
    }
  }
  return tokens;
}

/**
 * Connected components of tokens in a frame: by edges, or by corners too. In the order of their first tokens.
 *
 * @param tokens their numbers in the frame
 */
export function componentsOf(tokens: Iterable<number>, grid: Cells, by: 'edges' | 'corners'): number[][] {
  const left = new Set(tokens);
  const components: number[][] = [];
  for (const first of [...left])
    if (left.delete(first)) components.push(flood([first], (token) => left.delete(token), grid, by));
  return components;
}

/** Some tokens, and all candidates connected with them, by corners too. */
export function touching(some: Plane, candidates: Plane, grid: Cells): Plane {
  const taken = some.slice();
  const take = (token: number) => {
    if (taken[token] === 1 || candidates[token] === 0) return false;
    taken[token] = 1;
    return true;
  };
  flood(tokensIn(some), take, grid, 'corners');
  return taken;
}

/** Tokens at most `by` rows and columns away from some, these included. */
export function widened(some: Plane, by: number, { rows, columns }: Cells): Plane {
  const across = new Uint8Array(some.length);
  const both = new Uint8Array(some.length);
  for (let token = 0; token < some.length; token++) {
    if (some[token] === 0) continue;
    const row = Math.floor(token / columns);
    const [from, to] = [Math.max(0, (token % columns) - by), Math.min(columns - 1, (token % columns) + by)];
    across.fill(1, row * columns + from, row * columns + to + 1);
  }
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (across[row * columns + column] === 0) continue;
      for (let y = Math.max(0, row - by); y <= Math.min(rows - 1, row + by); y++)
        both[y * columns + column] = 1;
    }
  return both;
}

/**
 * Connected component of some tokens of one frame, through space and time: its tokens in the other frames, by place, of those
 * that have any. From the frame it goes on in both directions: each next frame gives the candidates within a step of those
 * before, and what touches them. Where a frame has none, for something hidden, the last ones count on.
 *
 * @param candidates of every frame; null where a frame is passed over
 * @param growth what the step grows by with every frame that has none
 */
export function* throughTime(
  seeds: Plane,
  place: number,
  candidates: readonly (Plane | null)[],
  grid: Cells,
  growth = 0,
): Generator<[place: number, tokens: Plane]> {
  const step = stepOf(grid);
  for (const direction of [1, -1]) {
    let before = seeds;
    let reach = step;
    for (let at = place + direction; at >= 0 && at < candidates.length; at += direction) {
      const all = candidates[at];
      if (!all) continue;
      const near = widened(before, reach, grid).map((one, token) => one & all[token]!);
      const found = touching(near, all, grid);
      if (found.includes(1)) {
        yield [at, found];
        before = found;
        reach = step;
      } else reach += growth;
    }
  }
}
