import { keyFrames } from '../tokens/keyframes.ts';
import type { Shot } from '../video/shots.ts';

/** Frames that are followed together: consecutive frames are cheap to decode. */
const BLOCK_FRAMES = 32;
/** Most samples of a clip of many shots, unless the setting is larger … */
const MOST_SAMPLES = 48;
/** … and most key frames, unless their share of the samples is larger: they decide the length of a row. */
const MOST_KEYS = 16;

/** Which frames of a clip are analysed, and in which order. All frames are numbers of the clip. */
export interface FollowPlan {
  /** Frames that are followed, half open. */
  start: number;
  end: number;
  shots: readonly Shot[];
  /** Frames that the objects are found in, ascending. */
  samples: Int32Array;
  /** Key frames (App. A): places among `samples`, ascending. */
  keys: readonly number[];
  /** Pieces to be followed, in the order of the clip. */
  blocks: readonly Block[];
}

/** Consecutive pairs of analysed frames of one shot; the frames between a pair are propagated. */
export interface Block {
  start: number;
  end: number;
  pairs: readonly Pair[];
}

export type Pair = readonly [from: number, to: number];

/**
 * @param most frames that objects are found in, at most; null: all
 * @param ratio share of them that are key frames (Table 9)
 * @param seen a frame that has to be among the samples: it takes the place of the one nearest to it
 * @param lost frames that cannot be decoded: none of them is a sample
 * @param stride every stride-th frame is analysed, and always the first and the last of a shot
 */
export function planFollowing(
  shots: readonly Shot[],
  {
    most,
    ratio,
    stride,
    seen,
    lost = new Set(),
  }: { most: number | null; ratio: number; stride: number; seen?: number; lost?: ReadonlySet<number> },
): FollowPlan {
  const [start, end] = [shots[0]!.start, shots.at(-1)!.end];
  const counts = sampleCounts(shots, most ?? end - start);
  const ofShots = shots.map((shot, i) => {
    const places = spread(shot, counts[i]!, stride);
    const inside = seen !== undefined && seen >= shot.start && seen < shot.end;
    return decodable(inside ? through(places, seen) : places, shot, lost);
  });
  return {
    start,
    end,
    shots,
    samples: Int32Array.from(ofShots.flat()),
    keys: keyPlaces(
      ofShots.map(({ length }) => length),
      ratio,
    ),
    blocks: shots.flatMap((shot, i) => blocksOf(anchorsOf(shot, stride, ofShots[i]!, lost))),
  };
}

/** Number of samples of every shot: by its length, at least one each; of very many shots only the longest have one. */
function sampleCounts(shots: readonly Shot[], most: number): number[] {
  const lengths = shots.map(({ start, end }) => end - start);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const total = Math.min(Math.max(most, 1), all);
  const few = Math.max(total, MOST_SAMPLES);
  if (shots.length > few) {
    const longest = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b).slice(0, few);
    return lengths.map((_, i) => Number(longest.includes(i)));
  }
  const ideal = lengths.map((length) => (total * length) / all);
  const counts = ideal.map((share, i) => Math.min(lengths[i]!, Math.max(1, Math.floor(share))));
  const order = [...ideal.keys()].sort((a, b) => (ideal[b]! % 1) - (ideal[a]! % 1) || a - b);
  for (const i of order)
    if (counts.reduce((sum, count) => sum + count, 0) < total && counts[i]! < lengths[i]!) counts[i]!++;
  return counts;
}

/**
 * `count` frames in the middles of equal parts of a shot: every frame, where there are as many. Where every stride-th frame
 * is enough, they are among those, which are analysed anyway.
 */
function spread({ start, end }: Shot, count: number, stride: number): number[] {
  const step = Math.ceil((end - start) / stride) >= count ? stride : 1;
  const places = Math.ceil((end - start) / step);
  return Array.from({ length: count }, (_, i) => start + step * Math.floor(((i + 0.5) * places) / count));
}

/** The same frames, with one replacing the nearest: the order stays. */
function through(frames: readonly number[], frame: number): number[] {
  const nearest = nearestTo(frame, frames);
  return frames.map((other) => (other === nearest ? frame : other));
}

/** Of frames, the one nearest to a place; the first on a tie. */
const nearestTo = (frame: number, frames: readonly number[]): number =>
  frames.reduce((a, b) => (Math.abs(b - frame) < Math.abs(a - frame) ? b : a), Infinity);

/** The same frames, each lost one replaced by the nearest that is not, as long as there are any. */
function decodable(frames: readonly number[], shot: Shot, lost: ReadonlySet<number>): readonly number[] {
  const kept = new Set(frames.filter((frame) => !lost.has(frame)));
  if (kept.size === frames.length) return frames;
  const others = found(shot, lost);
  for (const frame of frames) {
    if (!lost.has(frame)) continue;
    const free = others.filter((other) => !kept.has(other));
    if (free.length > 0) kept.add(nearestTo(frame, free));
  }
  return [...kept].sort((a, b) => a - b);
}

/** Frames of a shot that are not lost, ascending. */
const found = ({ start, end }: Shot, lost: ReadonlySet<number>): number[] =>
  Array.from({ length: end - start }, (_, i) => start + i).filter((frame) => !lost.has(frame));

/**
 * Key frames are spread evenly over each shot's samples, at least one a shot; where that makes too many, over all samples. With
 * one shot, App. A's.
 */
function keyPlaces(counts: readonly number[], ratio: number): number[] {
  let first = 0;
  const ofShots = counts.flatMap((count) => {
    const places = count > 0 ? keyFrames(count, ratio).map((place) => first + place) : [];
    first += count;
    return places;
  });
  const most = Math.max(MOST_KEYS, keyFrames(first, ratio).length);
  return ofShots.length <= most
    ? ofShots
    : Array.from({ length: most }, (_, i) => Math.floor((i * first) / most));
}

function anchorsOf(
  shot: Shot,
  stride: number,
  samples: readonly number[],
  lost: ReadonlySet<number>,
): number[] {
  const frames = found(shot, lost);
  const ends = [frames[0], frames.at(-1)].filter((end) => end !== undefined);
  const regular = frames.filter((frame) => (frame - shot.start) % stride === 0);
  return [...new Set([...samples, ...ends, ...regular])].sort((a, b) => a - b);
}

function blocksOf(anchors: readonly number[]): Block[] {
  const blocks: Block[] = [];
  let pairs: [number, number][] = [];
  const flush = () => {
    if (pairs.length > 0) blocks.push({ start: pairs[0]![0], end: pairs.at(-1)![1] + 1, pairs });
    pairs = [];
  };
  if (anchors.length === 1) pairs.push([anchors[0]!, anchors[0]!]);
  for (const [i, anchor] of anchors.slice(1).entries()) {
    pairs.push([anchors[i]!, anchor]);
    if (anchor - pairs[0]![0] >= BLOCK_FRAMES) flush();
  }
  flush();
  return blocks;
}

/** The block nearest to a frame, the later one on a tie; undefined where none is left. */
export function nearestBlock(blocks: Iterable<Block>, frame: number): Block | undefined {
  let nearest: Block | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const away = frame < block.start ? block.start - frame : Math.max(0, frame - block.end + 1);
    if (away < least || (away === least && nearest && block.start > nearest.start)) {
      least = away;
      nearest = block;
    }
  }
  return nearest;
}

/**
 * The next of the pairs of a block, ascending: the one that contains the frame, else the first after it, else the first of
 * all. It goes forward from where the user looks, as decoding does.
 */
export function nextPair(pairs: Iterable<Pair>, frame: number): Pair | undefined {
  const all = [...pairs];
  return all.find(([, to]) => to > frame) ?? all.find(([, to]) => to === frame) ?? all[0];
}
