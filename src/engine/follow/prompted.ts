import type { Grid } from '../backend/types.ts';
import { planeOf, stepOf, throughTime, touching, widened } from '../cluster/connected.ts';
import { CANDIDATES, type FrameRecord, type Records } from './records.ts';

/** A token that was clicked on: its place among the frames and in the grid, and whether the object is there. */
export interface Seed {
  place: number;
  token: number;
  positive: boolean;
}

/** The object that clicks point at. */
export interface PromptedTokens {
  /** Its tokens in all frames, ascending: place · tokens of a frame + token. */
  tokens: Int32Array;
  /** How much each belongs to it, in 1/255. */
  shares: Uint8Array;
}

/** θ: how unlike a clicked token a leaf of its object may be, as a share of the mean distance from it to the clip's tokens. */
const REACH = 0.3;
/** Temperature of the decision, as a share of θ. */
const SOFTNESS = 0.15;
/** Smaller shares do not count. */
const LEAST = 0.02;

/**
 * The tokens of the object that clicks point at, in every frame that has been followed: a look-up in its records.
 *
 * D of a click to a leaf is the weighted mean over the leaves of its token. With D⁺ the least over the positive clicks and
 * D⁻ over the negative ones, a leaf belongs to the object by
 *
 *     a = e^(−D⁺/T) / (e^(−D⁺/T) + e^(−D⁻/T) + e^(−θ/T)),  θ = 0.3 · mean D⁺ over the clip's tokens, T = 0.15 θ,
 *
 * and a token by the weighted mean of its leaves. Where D⁺ and D⁻ differ by less than T, places decide (`takeAway`). The
 * object has the tokens with a ≥ ½ that are connected with a click through space and time (`follow`), and the tokens beside
 * them, which soften the rim. θ depends on the clip, not on τ: motion makes D between what moves and what does not several times
 * as large.
 *
 * @param seeds those on pending frames are ignored
 * @param apart D (Eq. 2) between the leaves, [leaves, leaves]
 * @param shown place of a frame: the answer covers only the frames between the clicks and it, which is quick in a long clip
 * @returns empty where no positive click is on a frame that has been followed
 */
export function promptedTokens(
  seeds: readonly Seed[],
  records: Pick<Records, 'get' | 'grid'>,
  apart: Float32Array,
  shown?: number,
): PromptedTokens {
  const known = seeds.filter(({ place }) => records.get(place) !== undefined);
  const [first, end] = span(known, shown, records.grid.frames);
  const positive = known.filter((seed) => seed.positive);
  if (positive.length === 0) return { tokens: new Int32Array(0), shares: new Uint8Array(0) };
  const { grid } = records;
  const { belongs, undecided } = affinities(known, records, apart);
  const ofLeaves = (values: Float32Array) =>
    Array.from({ length: grid.frames }, (_, place) => {
      const record = place >= first && place < end ? records.get(place) : undefined;
      return record ? sharesOf(record, values) : null;
    });
  const planes = ofLeaves(belongs);
  const inside = follow(planes, positive, grid);
  if (undecided.includes(1)) takeAway(inside, ofLeaves(undecided), known, grid);
  const n = grid.rows * grid.columns;
  const tokens: number[] = [];
  const shares: number[] = [];
  for (const [place, plane] of planes.entries()) {
    const own = inside[place];
    if (!plane || !own) continue;
    const rim = widened(own, 1, grid);
    for (let token = 0; token < n; token++) {
      // A clicked token belongs to the object, however dissimilar; a removed one does not, however similar.
      const beside = rim[token] === 1 && plane[token]! < 0.5 ? plane[token]! : 0;
      const share = own[token] === 1 ? Math.max(0.5, plane[token]!) : beside;
      if (share < LEAST) continue;
      tokens.push(place * n + token);
      shares.push(Math.ceil(255 * share));
    }
  }
  return {
    tokens: Int32Array.from(tokens),
    shares: Uint8Array.from(shares),
  };
}

/** Places, half open, that span the seeds and the shown frame; all places where no frame is given. */
function span(seeds: readonly Seed[], shown: number | undefined, frames: number): readonly [number, number] {
  if (shown === undefined) return [0, frames];
  const places = [shown, ...seeds.map(({ place }) => place)];
  return [Math.min(...places), Math.max(...places) + 1];
}

/**
 * How much every leaf belongs to the object, a: 0…1; and 1 for each undecided leaf, as near to one kind of click as to the
 * other, whose a ignores the negative clicks.
 */
function affinities(
  seeds: readonly Seed[],
  records: Pick<Records, 'get' | 'grid'>,
  apart: Float32Array,
): { belongs: Float32Array; undecided: Float32Array } {
  const leaves = Math.sqrt(apart.length);
  const least = (positive: boolean): Float32Array | null => {
    const rows = seeds
      .filter((seed) => seed.positive === positive)
      .map(({ place, token }) => leafDistances(records.get(place)!, token, apart, leaves));
    const [first, ...others] = rows;
    return first
      ? first.map((distance, leaf) => others.reduce((min, row) => Math.min(min, row[leaf]!), distance))
      : null;
  };
  const near = least(true)!;
  const far = least(false);
  const theta = Math.max(1e-6, REACH * meanOver(near, records));
  const temperature = SOFTNESS * theta;
  const undecided = near.map((distance, leaf) =>
    Number(far !== null && distance < theta && Math.abs(distance - far[leaf]!) < temperature),
  );
  const belongs = near.map((distance, leaf) => {
    const against = far && undecided[leaf] === 0 ? Math.exp((distance - far[leaf]!) / temperature) : 0;
    return 1 / (1 + against + Math.exp((distance - theta) / temperature));
  });
  return { belongs, undecided };
}

/** D of a token to every leaf, by its own leaves. */
export function leafDistances(
  { leaves: own, weights }: FrameRecord,
  token: number,
  apart: Float32Array,
  leaves: number,
): Float32Array {
  const distances = new Float32Array(leaves);
  const first = token * CANDIDATES;
  let total = 0;
  for (let i = first; i < first + CANDIDATES; i++) total += weights[i]!;
  for (let i = first; i < first + CANDIDATES; i++)
    for (let leaf = 0; leaf < leaves; leaf++)
      distances[leaf]! += (weights[i]! / total) * apart[own[i]! * leaves + leaf]!;
  return distances;
}

/** Mean of a value of leaves over the tokens of all frames, each counted for its nearest leaf. */
function meanOver(values: Float32Array, records: Pick<Records, 'get' | 'grid'>): number {
  let [sum, count] = [0, 0];
  for (let place = 0; place < records.grid.frames; place++) {
    const record = records.get(place);
    if (!record) continue;
    for (let i = 0; i < record.leaves.length; i += CANDIDATES) sum += values[record.leaves[i]!]!;
    count += record.leaves.length / CANDIDATES;
  }
  return sum / count;
}

/** How much every token of a frame belongs to the object, 0…1. */
function sharesOf({ leaves, weights }: FrameRecord, belongs: Float32Array): Float32Array {
  const plane = new Float32Array(leaves.length / CANDIDATES);
  for (let token = 0; token < plane.length; token++) {
    let [sum, total] = [0, 0];
    for (let i = token * CANDIDATES; i < (token + 1) * CANDIDATES; i++) {
      sum += weights[i]! * belongs[leaves[i]!]!;
      total += weights[i]!;
    }
    plane[token] = sum / total;
  }
  return plane;
}

/**
 * The tokens with a ≥ ½ that are connected with a click: in its frame those that touch it; in the others those connected with
 * these through time, at a growing distance where the object was hidden. Null for pending frames.
 */
function follow(
  planes: readonly (Float32Array | null)[],
  positive: readonly Seed[],
  grid: Grid,
): (Uint8Array | null)[] {
  const candidates = planes.map((plane) => plane && Uint8Array.from(plane, (share) => Number(share >= 0.5)));
  const inside = candidates.map((all) => all && new Uint8Array(all.length));
  for (const place of new Set(positive.map((seed) => seed.place))) {
    const own = touching(clickedIn(place, positive, grid), candidates[place]!, grid);
    add(inside[place]!, own);
    for (const [at, found] of throughTime(own, place, candidates, grid, stepOf(grid)))
      add(inside[at]!, found);
  }
  return inside;
}

/** Tokens of a frame that were clicked on. */
const clickedIn = (place: number, seeds: readonly Seed[], grid: Grid): Uint8Array =>
  planeOf(
    seeds.filter((seed) => seed.place === place).map(({ token }) => token),
    grid,
  );

/**
 * Removes undecided tokens from the object, in place. In a frame with a negative click, they are those nearer to it than to a
 * positive one, or within two steps of it where there is no positive one; in the other frames, those at the same place within
 * the box around the object.
 */
function takeAway(
  inside: readonly (Uint8Array | null)[],
  undecided: readonly (Float32Array | null)[],
  seeds: readonly Seed[],
  grid: Grid,
): void {
  const { columns } = grid;
  const boxes = inside.map((own) => own && boxAround(own, grid));
  const [positive, negative] = [true, false].map((kind) => seeds.filter((seed) => seed.positive === kind));
  for (const place of new Set(negative!.map((seed) => seed.place))) {
    const [adding, taking] = [clickedIn(place, positive!, grid), clickedIn(place, negative!, grid)];
    const away = adding.includes(1) ? nearer(taking, adding, grid) : widened(taking, 2 * stepOf(grid), grid);
    const to = boxes[place];
    if (!to) continue;
    for (const [at, own] of inside.entries()) {
      const from = boxes[at];
      if (!own || !from) continue;
      for (let token = 0; token < own.length; token++) {
        if (own[token] === 0 || undecided[at]![token]! < 0.5) continue;
        const row = across(Math.floor(token / columns), from.top, from.bottom, to.top, to.bottom);
        const column = across(token % columns, from.left, from.right, to.left, to.right);
        if (away[row * columns + column] === 1) own[token] = 0;
      }
    }
  }
}

/** The whole number in one range that is where `value` is in another; both ranges are half open. */
const across = (value: number, from: number, until: number, first: number, end: number): number =>
  Math.min(end - 1, Math.floor(first + ((value + 0.5 - from) * (end - first)) / (until - from)));

/** The half open box around some tokens; null where there are none. */
function boxAround(tokens: Uint8Array, { rows, columns }: Grid) {
  const box = { left: columns, top: rows, right: 0, bottom: 0 };
  for (const [token, one] of tokens.entries()) {
    if (one === 0) continue;
    const [row, column] = [Math.floor(token / columns), token % columns];
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column + 1);
    box.top = Math.min(box.top, row);
    box.bottom = Math.max(box.bottom, row + 1);
  }
  return box.right > 0 ? box : null;
}

/** Tokens that are nearer to some than to others, in rows and columns. */
function nearer(some: Uint8Array, others: Uint8Array, grid: Grid): Uint8Array {
  const [here, there] = [stepsTo(some, grid), stepsTo(others, grid)];
  return Uint8Array.from(here, (steps, token) => Number(steps < there[token]!));
}

/** Steps from every token to the nearest of some, corners included, in two passes. */
function stepsTo(tokens: Uint8Array, { rows, columns }: Grid): Int32Array {
  const steps = Int32Array.from(tokens, (one) => (one === 1 ? 0 : rows + columns));
  const pass = (by: 1 | -1) => {
    for (let i = 0; i < steps.length; i++) {
      const token = by === 1 ? i : steps.length - 1 - i;
      const column = token % columns;
      const ahead = token - by * columns;
      for (const aside of [-1, 0, 1]) {
        if (column + aside < 0 || column + aside >= columns) continue;
        const beside = aside === -by ? token + aside : -1;
        for (const next of [ahead + aside, beside])
          if (next >= 0 && next < steps.length) steps[token] = Math.min(steps[token]!, 1 + steps[next]!);
      }
    }
  };
  pass(1);
  pass(-1);
  return steps;
}

function add(into: Uint8Array, tokens: Uint8Array): void {
  for (let token = 0; token < into.length; token++) into[token]! |= tokens[token]!;
}
