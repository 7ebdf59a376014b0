import { yieldToEvents } from '../../lib/events.ts';
import type { Cells } from '../../lib/size.ts';
import type { Backend, Rows, Sweep, SweepOptions } from '../backend/types.ts';
import { componentsOf, planeOf, widened } from '../cluster/connected.ts';
import { type Counted, joinLeaves, joinToFew } from '../cluster/levels.ts';
import { type Analysis, analyse } from './follow.ts';
import { Records, SOURCE } from './records.ts';

/** Least connected tokens near no leaf for a newcomer … */
const LEAST_TOKENS = 8;
/** … and least consecutive analysed frames in which it is seen. */
const LEAST_FRAMES = 3;
/** Tokens that it may move by between two analysed frames. */
const REACH = 2;
/** Most frames whose rows make the leaves: of one newcomer, and of all together unless there are more newcomers. */
const MOST_OF_ONE = 6;
const MOST_EVIDENCE = 24;
/** Leaves of all newcomers together, at most. */
const MOST_LEAVES = 64;

/** Tokens of an analysed frame. */
interface Seen {
  frame: number;
  tokens: readonly number[];
}

/** Something that is in none of the samples: its tokens in the analysed frames, ascending. */
type Newcomer = readonly Seen[];

/**
 * Newcomers: connected tokens near no leaf, in several analysed frames of a shot. They depend on these frames alone, not on
 * the order in which they were followed.
 *
 * @param frames analysed frames of one shot, ascending
 * @param outliers tokens of a frame that are near no leaf, ascending
 */
function newcomersIn(
  frames: readonly number[],
  outliers: (frame: number) => ArrayLike<number>,
  grid: Cells,
): Newcomer[] {
  const pieces = frames.map((frame) => piecesOf(outliers(frame), grid).map((tokens) => ({ frame, tokens })));
  const all = pieces.flat();
  const track = new Map<Seen, Seen>(all.map((piece) => [piece, piece]));
  const root = (piece: Seen): Seen => {
    const above = track.get(piece)!;
    return above === piece ? piece : root(above);
  };
  for (const [i, before] of pieces.entries()) {
    for (const piece of before) {
      const near = widened(planeOf(piece.tokens, grid), REACH, grid);
      for (const after of pieces[i + 1] ?? [])
        if (after.tokens.some((token) => near[token] === 1)) track.set(root(after), root(piece));
    }
  }
  const tracks = new Map<Seen, Map<number, number[]>>();
  for (const piece of all) {
    const own = tracks.get(root(piece)) ?? new Map<number, number[]>();
    own.set(piece.frame, [...(own.get(piece.frame) ?? []), ...piece.tokens]);
    tracks.set(root(piece), own);
  }
  return [...tracks.values()]
    .filter((own) => own.size >= LEAST_FRAMES)
    .map((own) => [...own].map(([frame, tokens]) => ({ frame, tokens: tokens.sort((a, b) => a - b) })));
}

/** Connected components of tokens, ascending, without small ones. */
const piecesOf = (tokens: ArrayLike<number>, grid: Cells): number[][] =>
  componentsOf(Array.from(tokens), grid, 'edges')
    .filter(({ length }) => length >= LEAST_TOKENS)
    .map((piece) => piece.sort((a, b) => a - b));

/** Leaves once newcomers are among them, `members` of these alone. The caller releases them. */
interface Grown extends Counted {
  /** Frames that show the newcomers, ascending: they have been compared with all leaves. */
  frames: readonly number[];
}

/**
 * Looks in a followed clip for newcomers, and gives them leaves. Their frames, from the analysed one before to the one after,
 * have to be followed again, so that a newcomer starts where it appears; the samples stay as they are. The result depends on
 * the clip and the settings alone.
 *
 * @param options of the sweep that the leaves come from
 * @param onEvidence called with every frame that shows newcomers, in order
 * @param commit takes the new leaves, in the same step as the records
 * @returns whether there is any. @throws the signal's reason: then nothing has changed
 */
export async function noticeNewcomers(
  analysis: Analysis,
  options: SweepOptions,
  onEvidence: (frame: number) => Promise<void>,
  commit: (grown: Grown) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const { backend, plan, records, frames: clip } = analysis;
  const place = (frame: number) => frame - plan.start;
  const analysed = Array.from({ length: plan.end - plan.start }, (_, i) => plan.start + i).filter(
    (frame) => records.source(place(frame)) === SOURCE.analysed,
  );
  const newcomers = plan.shots.flatMap(({ start, end }) =>
    newcomersIn(
      analysed.filter((frame) => frame >= start && frame < end),
      (frame) => records.outliers.get(place(frame)) ?? [],
      records.grid,
    ),
  );
  const samples = new Set(plan.samples);
  const evidence = evidenceOf(newcomers).filter(({ frame }) => !samples.has(frame));
  const rowsOf = async (frame: number) => {
    await analysis.pause?.();
    return clip.rows(frame);
  };
  const made = await newcomersLeaves(backend, evidence, rowsOf, options, signal);
  if (!made) return false;
  const leaves = await backend.concat([analysis.leaves, made.leaves]).finally(() => made.leaves.release());
  const apart = new Records(records.grid, records.cells);
  const frames = evidence.map(({ frame }) => frame);
  try {
    for (const frame of frames) {
      await yieldToEvents(signal);
      await analysis.pause?.();
      await onEvidence(frame);
      await analyse({ ...analysis, leaves, records: apart }, frame);
    }
  } catch (thrown) {
    leaves.release();
    throw thrown;
  }
  commit({ leaves, members: made.members, frames });
  for (const seen of newcomers) {
    const [first, last] = [seen[0]!.frame, seen.at(-1)!.frame];
    const shot = plan.shots.find(({ start, end }) => first >= start && first < end)!;
    const from = analysed.findLast((frame) => frame < first && frame >= shot.start) ?? first;
    const to = analysed.find((frame) => frame > last && frame < shot.end) ?? last;
    for (let frame = from; frame <= to; frame++)
      if (!samples.has(frame) && !records.isLost(place(frame))) records.reopen(place(frame));
  }
  for (const frame of frames) records.set(place(frame), apart.get(place(frame))!, SOURCE.analysed);
  return true;
}

/** Frames that show newcomers, with their tokens: some of each newcomer, evenly spread. Ascending. */
function evidenceOf(newcomers: readonly Newcomer[]): Seen[] {
  const all = new Map<number, number[]>();
  const share = Math.max(1, Math.floor(MOST_EVIDENCE / newcomers.length));
  for (const seen of newcomers) {
    const count = Math.min(seen.length, MOST_OF_ONE, share);
    for (let i = 0; i < count; i++) {
      const { frame, tokens } = seen[Math.floor(((i + 0.5) * seen.length) / count)]!;
      all.set(frame, [...(all.get(frame) ?? []), ...tokens]);
    }
  }
  return [...all]
    .map(([frame, tokens]) => ({ frame, tokens: tokens.sort((a, b) => a - b) }))
    .sort((a, b) => a.frame - b.frame);
}

/**
 * Leaves of newcomers: Algorithm 1 over their tokens, at the τ of the existing leaves. Null where none has enough tokens.
 *
 * @param rowsOf rows of a frame's tokens; released here
 * @returns the leaves, and of how many tokens each was made. The caller releases them.
 */
async function newcomersLeaves(
  backend: Backend,
  evidence: readonly Seen[],
  rowsOf: (frame: number) => Promise<Rows>,
  options: SweepOptions,
  signal?: AbortSignal,
): Promise<Counted | null> {
  let sweep: Sweep | undefined;
  const counts: number[] = [];
  try {
    for (const { frame, tokens } of evidence) {
      await yieldToEvents(signal);
      const rows = await rowsOf(frame);
      try {
        const own = await backend.gather(rows, tokens);
        sweep ??= backend.sweep(rows.width, options);
        try {
          for (const label of await sweep.add(own)) counts[label] = (counts[label] ?? 0) + 1;
        } finally {
          own.release();
        }
      } finally {
        rows.release();
      }
    }
    if (!sweep) return null;
    const kept = [...counts.keys()].filter((leaf) => counts[leaf]! >= LEAST_TOKENS);
    if (kept.length === 0) return null;
    const all = await sweep.centroids();
    const leaves = await backend.gather(all, kept).finally(() => all.release());
    const made = { leaves, members: Float64Array.from(kept, (leaf) => counts[leaf]!) };
    const pairs = { computed: 0, all: 0 };
    const joined = await joinLeaves(backend, made, options, pairs, signal);
    return await joinToFew(backend, joined, options, MOST_LEAVES, pairs, signal);
  } finally {
    sweep?.release();
  }
}
