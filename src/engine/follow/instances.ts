import type { Cells } from '../../lib/size.ts';
import { componentsOf } from '../cluster/connected.ts';
import type { Shot } from '../video/shots.ts';

/** Components of fewer tokens, or of less than this share of the largest in their frame, are parts of others. */
const LEAST_TOKENS = 3;
const LEAST_SHARE = 0.15;
/** A cluster has as many instances as large components in at least this share of its frames. */
const LEAST_APART = 1 / 3;
/** Mean distance in tokens up to which two instances are parts of one thing. */
const NEAR = 2;
/** Least share of an instance's tokens that are in a component for the two to share it. */
const LEAST_INSIDE = 1 / 3;

/** Tokens of a frame, as their numbers in it. */
type Tokens = ArrayLike<number> & Iterable<number>;

/** One cluster in all frames; it has no tokens where it is absent. */
export interface Sightings {
  tokens: readonly Tokens[];
  /** Leaf of each of the tokens, in which things of a cluster may differ. */
  leaves: readonly Tokens[];
}

export interface Instances {
  count: number;
  /** Instance of each of the tokens that were given, frame by frame. */
  of: readonly Uint8Array[];
}

/**
 * The instances of one cluster: things that move by themselves and look alike are one cluster, even a whole flock. They are
 * counted where they are apart, and followed in each shot, both ways, from the frame in which the smallest of them is largest. A
 * component belongs to the instance that was at its place; one that several share is divided among them by nearness. Places
 * say nothing across a cut: there an instance is the one whose leaves are most alike.
 *
 * @param shots of the frames
 * @param pause awaited before each frame
 */
export async function instancesOf(
  { tokens: frames, leaves }: Sightings,
  grid: Cells,
  shots: readonly Shot[],
  pause: (frame: number) => Promise<void>,
): Promise<Instances> {
  const components: number[][][] = [];
  for (const [frame, tokens] of frames.entries()) {
    await pause(frame);
    components.push(componentsOf(tokens, grid, 'corners').sort((a, b) => b.length - a.length));
  }
  const large = components.map(largeOnes);
  const count = countOf(large);
  if (count < 2) return { count: 1, of: [] };
  const owners = frames.map((): Uint8Array => new Uint8Array(grid.rows * grid.columns));
  const looks = Array.from({ length: count }, () => new Map<number, number>());
  for (const { start, end } of shots) {
    const inShot = large.slice(start, end);
    const there = inShot.reduce((most, { length }) => Math.max(most, Math.min(length, count)), 0);
    if (there === 0) continue;
    const clearest = start + clearestOf(inShot, there);
    const follow = async (from: number, step: 1 | -1) => {
      const known = large[clearest]!.slice(0, there).map((tokens): Known => ({ tokens, dx: 0, dy: 0 }));
      for (let frame = from; frame >= start && frame < end; frame += step) {
        await pause(frame);
        owners[frame] = assigned(components[frame]!, large[frame]!, known, grid);
      }
    };
    await follow(clearest, 1);
    await follow(clearest - 1, -1);
    const own = Array.from({ length: there }, () => new Map<number, number>());
    for (let frame = start; frame < end; frame++)
      for (const [i, token] of Array.from(frames[frame]!).entries())
        add(own[owners[frame]![token]!]!, leaves[frame]![i]!, 1);
    const names = namesFor(own, looks);
    for (const [instance, look] of own.entries())
      for (const [leaf, tokens] of look) add(looks[names[instance]!]!, leaf, tokens);
    for (let frame = start; frame < end; frame++)
      owners[frame] = owners[frame]!.map((instance) => names[instance]!);
  }
  const merged = await joinNear(frames, owners, count, grid, pause);
  return {
    count: Math.max(...merged) + 1,
    of: frames.map((tokens, frame) => Uint8Array.from(tokens, (token) => merged[owners[frame]![token]!]!)),
  };
}

/** How many tokens of something each leaf has. */
type Look = Map<number, number>;

const add = (look: Look, leaf: number, tokens: number): void =>
  void look.set(leaf, (look.get(leaf) ?? 0) + tokens);

/** How alike two things look: the share of their tokens that have the same leaves, 0…1. */
function likeness(a: Look, b: Look): number {
  const total = (look: Look) =>
    Math.max(
      1,
      [...look.values()].reduce((sum, tokens) => sum + tokens, 0),
    );
  const [ofA, ofB] = [total(a), total(b)];
  return [...a].reduce((sum, [leaf, tokens]) => sum + Math.min(tokens / ofA, (b.get(leaf) ?? 0) / ofB), 0);
}

/** The number of each of a shot's instances, the most alike assigned first, and the first of equal ones. */
function namesFor(own: readonly Look[], known: readonly Look[]): number[] {
  const names: number[] = new Array(own.length);
  const pairs = own.flatMap((look, instance) =>
    known.map((other, name) => ({ instance, name, alike: likeness(look, other) })),
  );
  const free = new Set(known.keys());
  for (const { instance, name } of pairs.sort((a, b) => b.alike - a.alike)) {
    if (names[instance] !== undefined || !free.delete(name)) continue;
    names[instance] = name;
  }
  return names;
}

/** Components that count by themselves, of all, the largest first. */
const largeOnes = (components: readonly number[][]): number[][] =>
  components.filter(({ length }) => length >= LEAST_TOKENS && length >= LEAST_SHARE * components[0]!.length);

function countOf(large: readonly number[][][]): number {
  const counts = large.map(({ length }) => length).filter((length) => length > 0);
  const isEnough = (count: number) =>
    counts.filter((length) => length >= count).length >= Math.max(1, LEAST_APART * counts.length);
  let count = 1;
  while (isEnough(count + 1)) count++;
  return count;
}

/** Of the frames with this many large components, or the fewest more, the one whose smallest is largest. */
function clearestOf(large: readonly number[][][], count: number): number {
  const most = Math.min(...large.map(({ length }) => length).filter((length) => length >= count));
  const smallest = large.map((components) =>
    components.length === most ? components[count - 1]!.length : -1,
  );
  return smallest.indexOf(Math.max(...smallest));
}

/** An instance when it was seen last: its tokens, and how its centre moved. */
interface Known {
  tokens: readonly number[];
  dx: number;
  dy: number;
}

/** Instance of every token of a frame, by its number in the frame. `known` becomes what they are in this frame. */
function assigned(
  components: readonly number[][],
  large: readonly number[][],
  known: Known[],
  grid: Cells,
): Uint8Array {
  const owner = new Uint8Array(grid.rows * grid.columns);
  const places = known.map((instance) => expectedPlaces(instance, grid));
  const away = places.map((tokens) => distancesTo(tokens, grid));
  const all = [...known.keys()];
  const nearestTo = (tokens: readonly number[], among: readonly number[]) => {
    const mean = (instance: number) => tokens.reduce((sum, token) => sum + away[instance]![token]!, 0);
    return among.reduce((best, other) => (mean(other) < mean(best) ? other : best));
  };

  const claims = new Map(large.map((component): [number[], number[]] => [component, []]));
  const free = new Set(all);
  const pairs = large.flatMap((component) =>
    all.map((instance) => ({
      component,
      instance,
      apart: component.reduce((sum, token) => sum + away[instance]![token]!, 0) / component.length,
    })),
  );
  for (const { component, instance } of pairs.sort((a, b) => a.apart - b.apart)) {
    if (!free.has(instance) || claims.get(component)!.length > 0) continue;
    claims.get(component)!.push(instance);
    free.delete(instance);
  }
  // The others share a component, or are absent.
  for (const instance of free) {
    const spots = new Set(places[instance]!);
    const inside = ([component]: [number[], number[]]) =>
      component.filter((token) => spots.has(token)).length >= LEAST_INSIDE * spots.size;
    [...claims].find(inside)?.[1].push(instance);
  }
  for (const component of components) {
    const claimed = claims.get(component) ?? [];
    const among = claimed.length > 0 ? claimed : [nearestTo(component, all)];
    for (const token of component) owner[token] = among.length === 1 ? among[0]! : nearestTo([token], among);
  }
  const own = all.map((): number[] => []);
  for (const component of components) for (const token of component) own[owner[token]!]!.push(token);
  for (const instance of all) known[instance] = movedTo(known[instance]!, own[instance]!, grid);
  return owner;
}

/** Tokens where an instance is expected, within the frame. */
function expectedPlaces({ tokens, dx, dy }: Known, { rows, columns }: Cells): number[] {
  return tokens.map((token) => {
    const x = Math.round((token % columns) + dx);
    const y = Math.round(Math.floor(token / columns) + dy);
    return Math.min(Math.max(y, 0), rows - 1) * columns + Math.min(Math.max(x, 0), columns - 1);
  });
}

function movedTo(before: Known, tokens: readonly number[], { columns }: Cells): Known {
  // It is expected where it was seen last.
  if (tokens.length === 0) return { tokens: before.tokens, dx: 0, dy: 0 };
  const ratio = tokens.length / before.tokens.length;
  // Where half of it appeared or was covered, its centre says nothing about its motion.
  if (ratio < 0.5 || ratio > 2) return { tokens, dx: 0, dy: 0 };
  const [from, to] = [middleOf(before.tokens, columns), middleOf(tokens, columns)];
  return { tokens, dx: to.x - from.x, dy: to.y - from.y };
}

function middleOf(tokens: readonly number[], columns: number): { x: number; y: number } {
  let [x, y] = [0, 0];
  for (const token of tokens) {
    x += token % columns;
    y += Math.floor(token / columns);
  }
  return { x: x / tokens.length, y: y / tokens.length };
}

/** Distance of every token of a frame to the nearest of some, in tokens: steps along and across, in two passes. */
export function distancesTo(tokens: Iterable<number>, { rows, columns }: Cells): Float32Array {
  const distances = new Float32Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  for (const token of tokens) distances[token] = 0;
  const step = (at: number, x: number, y: number, dx: number, dy: number) => {
    if (x + dx < 0 || x + dx >= columns || y + dy < 0 || y + dy >= rows) return;
    const through = distances[at + dy * columns + dx]! + Math.hypot(dx, dy);
    if (through < distances[at]!) distances[at] = through;
  };
  for (const way of [1, -1] as const)
    for (let i = 0; i < distances.length; i++) {
      const at = way === 1 ? i : distances.length - 1 - i;
      const [x, y] = [at % columns, Math.floor(at / columns)];
      step(at, x, y, -way, 0);
      for (const dx of [-1, 0, 1]) step(at, x, y, dx, -way);
    }
  return distances;
}

/** Number of each instance, with those that stay near each other joined. */
async function joinNear(
  frames: readonly Tokens[],
  owners: readonly Uint8Array[],
  count: number,
  grid: Cells,
  pause: (frame: number) => Promise<void>,
): Promise<number[]> {
  const [sums, seen] = [new Float64Array(count * count), new Float64Array(count * count)];
  for (const [frame, tokens] of frames.entries()) {
    await pause(frame);
    const own = Array.from({ length: count }, (): number[] => []);
    for (const token of tokens) own[owners[frame]![token]!]!.push(token);
    for (const [a, some] of own.entries()) {
      if (some.length === 0) continue;
      const away = distancesTo(some, grid);
      for (const [b, others] of own.entries()) {
        if (b <= a || others.length === 0) continue;
        // Neighbours have nothing between them.
        sums[a * count + b]! += others.reduce((least, token) => Math.min(least, away[token]!), Infinity) - 1;
        seen[a * count + b]!++;
      }
    }
  }
  const parent = Array.from({ length: count }, (_, instance) => instance);
  const root = (at: number): number => (parent[at] === at ? at : root(parent[at]!));
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) {
      const pair = a * count + b;
      if (seen[pair] === 0 || sums[pair]! / seen[pair]! > NEAR) continue;
      const [low, high] = [root(a), root(b)].sort((x, y) => x - y);
      parent[high!] = low!;
    }
  const roots = [...new Set(parent.map((_, instance) => root(instance)))].sort((x, y) => x - y);
  return parent.map((_, instance) => roots.indexOf(root(instance)));
}
