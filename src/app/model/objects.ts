import type { Clustering, Grid } from '../../engine/backend/types.ts';
import type { ClusterSummary } from '../../engine/cluster/background.ts';
import { isMade } from '../../engine/mask/corrections.ts';
import type { ObjectLook } from '../../engine/mask/effects.ts';
import { NOTHING } from '../../engine/mask/strokes.ts';
import { strings } from '../words/strings.ts';
import { BACKGROUND_COLOUR, PALETTE } from './palette.ts';

/** What a user sees in the list: one cluster or several merged ones. Plain data, replaced and never changed. */
export interface VideoObject {
  readonly id: number;
  /** What it is called by without a name, wherever it is in the list. Absent: by its place, until it is `numbered`. */
  readonly number?: number;
  /** The same for while it is background: it has its number as an object again once it is none. */
  readonly backgroundNumber?: number;
  /** Clusters of the run, or parts of them: nodes of its hierarchy. No two objects share one. */
  readonly clusters: readonly number[];
  /** Empty: named by its number. */
  readonly name: string;
  /** 0xRRGGBB. */
  readonly colour: number;
  readonly visible: boolean;
  readonly background: boolean;
  /** Its area stays as it is: it is not merged, split, deleted or painted over. */
  readonly locked: boolean;
  /** What becomes of it on the picture; absent: what becomes of all. */
  readonly look?: ObjectLook;
  /** Its class in the document's list; absent: none. */
  readonly classId?: number;
}

/** An object's name as shown: its own, or its number among its kind. */
export function nameOf(object: VideoObject, objects: readonly VideoObject[]): string {
  if (object.name !== '') return object.name;
  const { backgroundNumber, number, background } = object;
  const siblings = objects.filter((other) => other.background === background);
  const place = 1 + siblings.findIndex((other) => other.id === object.id);
  return background
    ? strings.objects.background(backgroundNumber ?? place)
    : strings.objects.named(number ?? place);
}

/** The objects with a number of a kind, each its own, or the first that is free to one that has none or that of one before it. */
function withNumbers(
  objects: readonly VideoObject[],
  kind: 'number' | 'backgroundNumber',
): readonly VideoObject[] {
  const held = new Set(objects.map((object) => object[kind]));
  const met = new Set<number>();
  let free = 1;
  return objects.map((object) => {
    const number = object[kind];
    const needed = object.background === (kind === 'backgroundNumber');
    if (number === undefined ? !needed : !met.has(number)) {
      if (number !== undefined) met.add(number);
      return object;
    }
    while (held.has(free)) free += 1;
    held.add(free);
    return { ...object, [kind]: free };
  });
}

/** The objects, each with a number of its own among the objects, or among the background, which it keeps. */
export function numbered(objects: readonly VideoObject[]): readonly VideoObject[] {
  const all = withNumbers(withNumbers(objects, 'number'), 'backgroundNumber');
  return all.every((object, place) => object === objects[place]) ? objects : all;
}

/**
 * Objects of a fresh run, one per cluster: largest first, background hidden and last. Empty clusters are left out. `palette`:
 * the clip’s.
 */
export function objectsOf(
  clusters: readonly ClusterSummary[],
  palette: readonly number[] = PALETTE,
): VideoObject[] {
  const order = clusters
    .filter((cluster) => cluster.tokens > 0)
    .sort((a, b) => Number(a.background) - Number(b.background) || b.share - a.share || a.id - b.id);
  const objects = order.filter(({ background }) => !background).length;
  return order.map((cluster, place) => ({
    id: cluster.id,
    ...(cluster.background ? { backgroundNumber: place - objects + 1 } : { number: place + 1 }),
    clusters: [cluster.id],
    name: '',
    colour: cluster.background ? BACKGROUND_COLOUR : palette[place % palette.length]!,
    visible: !cluster.background,
    background: cluster.background,
    locked: false,
  }));
}

export const foreground = (objects: readonly VideoObject[]): VideoObject[] =>
  objects.filter((object) => !object.background);

/** Background goes last; otherwise the order stays. */
export const inListOrder = (objects: readonly VideoObject[]): VideoObject[] => [
  ...foreground(objects),
  ...objects.filter((object) => object.background),
];

/** Single-object mode: all that is not background as one object, the largest one's. */
export const oneForeground = (objects: readonly VideoObject[]): readonly VideoObject[] =>
  merged(objects, new Set(foreground(objects).map(({ id }) => id)));

/** Joins the chosen objects into the first of them, which keeps its name, class, colour and place. Locked ones are left alone. Fewer than two: no change. */
export function merged(objects: readonly VideoObject[], ids: ReadonlySet<number>): readonly VideoObject[] {
  const chosen = objects.filter((object) => ids.has(object.id) && !object.locked);
  const first = chosen[0];
  if (!first || chosen.length < 2) return objects;
  const classId = chosen.find((object) => object.classId !== undefined)?.classId;
  const whole: VideoObject = {
    ...first,
    name: chosen.find((object) => object.name !== '')?.name ?? '',
    ...(classId !== undefined && { classId }),
    clusters: chosen.flatMap((object) => object.clusters).sort((a, b) => a - b),
    visible: chosen.some((object) => object.visible),
  };
  return objects.flatMap((object) => (object === first ? [whole] : chosen.includes(object) ? [] : [object]));
}

/** Takes a merged object apart into its clusters; the first keeps its name and colour, the others get free colours. */
export function split(
  objects: readonly VideoObject[],
  id: number,
  palette: readonly number[] = PALETTE,
): readonly VideoObject[] {
  const whole = objects.find((object) => object.id === id);
  if (!whole || whole.locked || whole.clusters.length < 2) return objects;
  const colours = freeColours(objects, palette);
  const parts = whole.clusters.map((cluster, part) => ({
    ...whole,
    id: cluster,
    clusters: [cluster],
    name: part === 0 ? whole.name : '',
    colour: part === 0 ? whole.colour : colours(),
  }));
  return numbered(objects.flatMap((object) => (object === whole ? parts : [object])));
}

/** Gives colours that no object has yet, then the palette from its start. */
export function freeColours(
  objects: readonly VideoObject[],
  palette: readonly number[] = PALETTE,
): () => number {
  const used = new Set(objects.map((object) => object.colour));
  const free = palette.filter((colour) => !used.has(colour));
  let next = 0;
  return () => free[next++] ?? palette[next % palette.length]!;
}

export function changed(
  objects: readonly VideoObject[],
  ids: ReadonlySet<number>,
  change: Partial<Pick<VideoObject, 'name' | 'colour' | 'visible' | 'background' | 'locked' | 'look'>>,
): readonly VideoObject[] {
  const now = objects.map((object) => (ids.has(object.id) ? { ...object, ...change } : object));
  // What becomes background goes behind all that is.
  const newly = now.filter(({ background }, place) => background && !objects[place]!.background);
  return numbered(inListOrder([...now.filter((object) => !newly.includes(object)), ...newly]));
}

/** Moves an object by `by` places; the background stays last. */
export function moved(objects: readonly VideoObject[], id: number, by: number): readonly VideoObject[] {
  const from = objects.findIndex((object) => object.id === id);
  if (from < 0) return objects;
  const rest = objects.filter((object) => object.id !== id);
  const to = Math.min(rest.length, Math.max(0, from + by));
  return inListOrder([...rest.slice(0, to), objects[from]!, ...rest.slice(to)]);
}

/** Takes objects out of the list; what they covered belongs to none. Locked ones stay. */
export function without(objects: readonly VideoObject[], ids: ReadonlySet<number>): readonly VideoObject[] {
  const rest = objects.filter((object) => object.locked || !ids.has(object.id));
  return rest.length === objects.length ? objects : rest;
}

/** Moves objects, in their order, before or after another one; the background stays last. */
export function placed(
  objects: readonly VideoObject[],
  ids: ReadonlySet<number>,
  target: number,
  side: 'before' | 'after',
): readonly VideoObject[] {
  if (ids.has(target)) return objects;
  const dragged = objects.filter((object) => ids.has(object.id));
  const rest = objects.filter((object) => !ids.has(object.id));
  const at = rest.findIndex((object) => object.id === target) + Number(side === 'after');
  const order = inListOrder([...rest.slice(0, at), ...dragged, ...rest.slice(at)]);
  return order.every((object, place) => object === objects[place]) ? objects : order;
}

/** Place of the object of every cluster, [clusters]. Clusters without an object get the place after the last. */
export function placesOf(objects: readonly VideoObject[], clusters: number): Uint16Array {
  const places = new Uint16Array(clusters).fill(objects.length);
  objects.forEach((object, place) => {
    for (const cluster of object.clusters) places[cluster] = place;
  });
  return places;
}

/** Row of a label among `rows` of counts: those of objects made by hand come last, the first of them at the very end. */
const rowOf = (label: number, rows: number): number => (isMade(label) ? rows - (NOTHING - label) : label);

/**
 * Tokens of every cluster in every processed frame, [clusters, frames]; the last of them are objects made by hand, from the
 * end. Labels beyond count for none.
 */
export function tokenCounts(clustering: Pick<Clustering, 'labels' | 'clusters'>, grid: Grid): Uint32Array {
  const perFrame = grid.rows * grid.columns;
  const counts = new Uint32Array(clustering.clusters * grid.frames);
  clustering.labels.forEach((label, token) => {
    // Below 0: a frame that is pending.
    const row = rowOf(label, clustering.clusters);
    if (row < 0 || row >= clustering.clusters) return;
    counts[row * grid.frames + Math.floor(token / perFrame)]! += 1;
  });
  return counts;
}

/** Share of each processed frame's tokens that an object has, [frames]. */
export function presenceOf(
  object: Pick<VideoObject, 'clusters'>,
  counts: Uint32Array,
  grid: Grid,
): Float32Array {
  const presence = new Float32Array(grid.frames);
  for (const cluster of object.clusters) {
    const row = rowOf(cluster, counts.length / grid.frames);
    for (let frame = 0; frame < grid.frames; frame++)
      presence[frame]! += counts[row * grid.frames + frame]! / (grid.rows * grid.columns);
  }
  return presence;
}

/**
 * Names, classes and colours for a new clustering of the same tokens: each new object takes them from the earlier object that it
 * overlaps most (intersection over union of tokens), each earlier one giving them once. So colours stay while τ moves.
 */
export function inheritIdentities(
  objects: readonly VideoObject[],
  labels: Int32Array,
  earlier: readonly VideoObject[],
  earlierLabels: Int32Array,
  palette: readonly number[] = PALETTE,
): readonly VideoObject[] {
  if (labels.length !== earlierLabels.length) return objects;
  const places = placesOf(objects, 1 + highest(objects));
  const earlierPlaces = placesOf(earlier, 1 + highest(earlier));
  const shared = new Uint32Array((objects.length + 1) * (earlier.length + 1));
  const sizes = new Uint32Array(objects.length + 1);
  const earlierSizes = new Uint32Array(earlier.length + 1);
  for (let token = 0; token < labels.length; token++) {
    const now = places[labels[token]!] ?? objects.length;
    const before = earlierPlaces[earlierLabels[token]!] ?? earlier.length;
    shared[now * (earlier.length + 1) + before]! += 1;
    sizes[now]! += 1;
    earlierSizes[before]! += 1;
  }
  const overlaps = objects.flatMap((object, now) =>
    earlier.map((former, before) => {
      // The background has a colour of its own, and gives no name.
      if (object.background || former.background) return { now, before, overlap: 0 };
      const both = shared[now * (earlier.length + 1) + before]!;
      return { now, before, overlap: both / (sizes[now]! + earlierSizes[before]! - both) };
    }),
  );
  const given = new Map<number, VideoObject>();
  const taken = new Set<number>();
  for (const { now, before, overlap } of overlaps.sort((a, b) => b.overlap - a.overlap)) {
    if (overlap === 0 || given.has(now) || taken.has(before)) continue;
    given.set(now, earlier[before]!);
    taken.add(before);
  }
  const colours = freeColours([...given.values()], palette);
  return objects.map((object, place) => {
    if (object.background) return object;
    const former = given.get(place);
    if (!former) return { ...object, colour: colours() };
    const { name, colour, look, classId } = former;
    return { ...object, name, colour, ...(look && { look }), ...(classId !== undefined && { classId }) };
  });
}

const highest = (objects: readonly VideoObject[]): number =>
  Math.max(-1, ...objects.flatMap((object) => object.clusters));
