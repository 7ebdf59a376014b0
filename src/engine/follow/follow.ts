import { yieldToEvents } from '../../lib/events.ts';
import type { Backend, Rows } from '../backend/types.ts';
import { assign, outliersAmong } from './assign.ts';
import { type FollowPlan, nearestBlock, nextPair, type Pair } from './plan.ts';
import { propagate, type Side } from './propagate.ts';
import { type FrameRecord, isFollowed, type Records, SOURCE } from './records.ts';

/**
 * Share of a frame's tokens on which its two sides may disagree before it is analysed instead of propagated
 * (bench/following.md).
 */
const MOST_DISAGREEMENT = 0.35;

/** What following needs of each frame. Frames are numbers of the clip. */
export interface Frames {
  /**
   * D (Eq. 2) of the frame's tokens to the leaves, [tokens, leaves], motion included as it was clustered, and m of each cell.
   * @param next the frame to be analysed after it, if known: parts of it are computed meanwhile
   */
  look(frame: number, leaves: Rows, next?: number): Promise<{ distances: Float32Array; m: Float32Array }>;
  /** Rows of the frame's tokens as they were clustered. The caller releases them. */
  rows(frame: number): Promise<Rows>;
  /** Whether a frame cannot be decoded. */
  isLost(frame: number): boolean;
  /** Where motion takes the tokens of `frame` in `other`. */
  motion(frame: number, other: number): Promise<Pick<Side, 'places' | 'error'>>;
}

/** What a frame is compared with, and the records it is added to. */
export interface Analysis {
  backend: Backend;
  plan: FollowPlan;
  leaves: Rows;
  /** τ that weights are made at: the model's own. */
  tau: number;
  /** D beyond which a token is near no leaf. */
  far: number;
  /** Filled frame by frame; existing ones stay. Places count from the plan's start. */
  records: Records;
  frames: Pick<Frames, 'look' | 'rows'>;
  /** Awaited between two frames, so that what a user waits for goes first. */
  pause?(): Promise<void>;
}

export interface Following extends Analysis {
  frames: Frames;
  /** The frame that the user looks at: its pair comes next, then those after it in its block, then the nearest. */
  playhead(): number;
  /** Called with frames that are done. */
  onFrames(frames: readonly number[]): void;
  signal: AbortSignal;
}

/**
 * Follows every frame of the plan (Eq. 3 over fixed key frames and leaves), outwards from the playhead: of each pair of
 * analysed frames first these two, then those between them. When the playhead moves, following continues there with the next
 * pair; a frame's masks do not depend on it, and neither does its cost depend on the clip's length. Frames that cannot be
 * decoded are left out.
 * @throws the signal's reason
 */
export async function follow(following: Following): Promise<void> {
  const { plan, records, playhead, signal } = following;
  const done = (frame: number) => isFollowed(records.source(frame - plan.start));
  // Those at the ends of a shot are in no pair.
  for (let frame = plan.start; frame < plan.end; frame++)
    if (!done(frame) && following.frames.isLost(frame)) {
      records.lose(frame - plan.start);
      following.onFrames([frame]);
    }
  const left = new Map(plan.blocks.map((block) => [block, new Set(block.pairs)]));
  while (left.size > 0) {
    await yieldToEvents(signal);
    const at = playhead();
    const block = nearestBlock(left.keys(), at)!;
    const pairs = left.get(block)!;
    const pair = nextPair(pairs, at)!;
    pairs.delete(pair);
    if (pairs.size === 0) left.delete(block);
    await followPair(following, pair, nextPair(pairs, pair[1])?.[1], done);
  }
}

/** @param beyond the frame that is likely analysed after the pair */
async function followPair(
  following: Following,
  [from, to]: Pair,
  beyond: number | undefined,
  done: (frame: number) => boolean,
): Promise<void> {
  const { plan, records, onFrames, signal } = following;
  const reported = async (frame: number) => {
    onFrames([frame]);
    await yieldToEvents(signal);
    await following.pause?.();
  };
  const analysed = async () => {
    for (const frame of [from, to]) {
      if (done(frame)) continue;
      // Only a directly following frame: flow to the propagated frames in between would have to wait.
      const next = [to, beyond].find((one) => one === frame + 1 && !done(one));
      await lookAt(following, frame, next);
      await reported(frame);
    }
  };
  const between: number[] = [];
  for (let frame = from + 1; frame < to; frame++) if (!done(frame)) between.push(frame);
  // Flow needs no records: it is computed while the ViT works on the pair.
  const failed = new AbortController();
  const pair = analysed();
  const flow = motionsOf(following, from, to, between, failed.signal);
  // Neither may still be running when this function ends, however it ends.
  flow.catch(() => undefined);
  await pair.catch(async (thrown: unknown) => {
    failed.abort(thrown);
    await flow.catch(() => undefined);
    throw thrown;
  });
  const motions = await flow;
  const ends = [from, to].every((frame) => !records.isLost(frame - plan.start));
  for (const [i, frame] of between.entries()) {
    const { before, after } = motions[i]!;
    const flows = ends && !following.frames.isLost(frame);
    const propagated = flows && propagateTo(following, frame, [from, before], [to, after]);
    if (propagated) records.set(frame - plan.start, propagated, SOURCE.propagated);
    else await lookAt(following, frame);
    await reported(frame);
  }
}

/** Analyses a frame; where it cannot be decoded, it is left without a record. */
async function lookAt(following: Following, frame: number, next?: number): Promise<void> {
  const { plan, records, frames } = following;
  try {
    await analyse(following, frame, next);
  } catch (thrown) {
    if (!frames.isLost(frame)) throw thrown;
    records.lose(frame - plan.start);
  }
}

type Motion = Seen[1];

/** Flow from frames to both ends of their pair, one call at a time. */
async function motionsOf(
  { frames, signal, pause }: Following,
  from: number,
  to: number,
  between: readonly number[],
  failed: AbortSignal,
): Promise<{ before: Motion; after: Motion }[]> {
  const motions: { before: Motion; after: Motion }[] = [];
  for (const frame of between) {
    for (const stop of [signal, failed]) stop.throwIfAborted();
    motions.push({ before: await frames.motion(frame, from), after: await frames.motion(frame, to) });
    await pause?.();
  }
  return motions;
}

/** Compares a frame's tokens with the leaves, and keeps the result. @param next as in `Frames.look` */
export async function analyse(
  { plan, leaves, tau, far, records, frames }: Analysis,
  frame: number,
  next?: number,
): Promise<void> {
  const { distances, m } = await frames.look(frame, leaves, next);
  const place = frame - plan.start;
  // The keeper stores them with the record.
  const outliers = outliersAmong(distances, leaves.count, far);
  if (outliers.length > 0) records.outliers.set(place, outliers);
  else records.outliers.delete(place);
  records.set(place, assign(distances, leaves.count, m, tau), SOURCE.analysed);
}

/** Mean error of a flow, in grey levels, beyond which a frame shows something else than the one before it. */
const MOST_ERROR = 25;

/**
 * Propagates the record of a frame into those after it, each from the one before, up to `end` (excluded) or to the first that
 * looks different. Good enough to show until they are followed. @throws the signal's reason
 */
export async function propagateForward(
  { plan, records, frames, onFrames, signal, pause }: Omit<Following, 'playhead'>,
  from: number,
  end: number,
): Promise<void> {
  for (let frame = from + 1; frame < end; frame++) {
    const motion = await frames.motion(frame, frame - 1);
    if (motion.error.reduce((sum, error) => sum + error, 0) > MOST_ERROR * motion.error.length) return;
    const record = records.get(frame - 1 - plan.start)!;
    const propagated = propagate([{ ...motion, record, distance: 1 }], records.grid, records.cells);
    records.set(frame - plan.start, propagated.record, SOURCE.propagated);
    onFrames([frame]);
    await yieldToEvents(signal);
    await pause?.();
  }
}

type Seen = readonly [frame: number, motion: Pick<Side, 'places' | 'error'>];

/** The frame's record by motion from both sides; null where they disagree too much. */
function propagateTo(
  { plan, records }: Following,
  frame: number,
  ...seen: readonly Seen[]
): FrameRecord | null {
  const sides = seen.map(([other, motion]) => ({
    ...motion,
    record: records.get(other - plan.start)!,
    distance: Math.abs(frame - other),
  }));
  const { record, disagreement } = propagate(sides, records.grid, records.cells);
  return disagreement > MOST_DISAGREEMENT ? null : record;
}
