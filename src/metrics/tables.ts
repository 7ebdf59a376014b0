/** Scores of every proposal against every truth object, from the counts of frames. */
import { contourAccuracy } from './contour.ts';
import type { FrameCounts } from './counts.ts';
import { jaccard } from './region.ts';

/** J and F of proposals 1..P against truth objects in one frame, [P, truths]. */
export interface FrameScores {
  J: Float64Array;
  /** Null where contours were not counted. */
  F: Float64Array | null;
}

/**
 * Scores of one frame for the proposals 1..`proposals` and the truth objects with the labels `truths`, whether they
 * are in the frame or not: two that are both absent agree (1), as in the DAVIS evaluation.
 */
export function frameScores(frame: FrameCounts, truths: ArrayLike<number>, proposals: number): FrameScores {
  const columns = Array.from(truths, (label) => frame.truths.indexOf(label));
  const width = columns.length;
  const J = new Float64Array(proposals * width);
  const F = frame.contour ? new Float64Array(proposals * width) : null;
  const areas = labelAreas(frame);
  for (let p = 0; p < proposals; p++) {
    const row = frame.proposals.indexOf(p + 1);
    for (const [t, column] of columns.entries()) {
      const cell = row < 0 || column < 0 ? -1 : row * frame.truths.length + column;
      const shared = frame.overlap[cell] ?? 0;
      const covered = (areas.proposals[row] ?? 0) + (areas.truths[column] ?? 0) - shared;
      J[p * width + t] = jaccard(shared, covered);
      if (F && frame.contour) {
        F[p * width + t] = contourAccuracy(
          frame.contour.ofProposal[row] ?? 0,
          frame.contour.ofTruth[column] ?? 0,
          frame.contour.proposalNearTruth[cell] ?? 0,
          frame.contour.truthNearProposal[cell] ?? 0,
        );
      }
    }
  }
  return { J, F };
}

/** J of one truth object and one proposal by their labels; a label that is absent (or 0: none) is an empty region. */
export function pairJ(frame: FrameCounts, truth: number, proposal: number): number {
  const areas = labelAreas(frame);
  const row = proposal === 0 ? -1 : frame.proposals.indexOf(proposal);
  const column = frame.truths.indexOf(truth);
  const shared = row < 0 || column < 0 ? 0 : frame.overlap[row * frame.truths.length + column]!;
  return jaccard(shared, (areas.proposals[row] ?? 0) + (areas.truths[column] ?? 0) - shared);
}

/** Pixels of every label of a frame, void left out, in the order of its label lists. */
export function labelAreas({ overlap, truths, proposals }: FrameCounts) {
  const areas = { truths: new Float64Array(truths.length), proposals: new Float64Array(proposals.length) };
  for (let p = 0; p < proposals.length; p++) {
    for (let t = 0; t < truths.length; t++) {
      const count = overlap[p * truths.length + t]!;
      areas.proposals[p]! += count;
      areas.truths[t]! += count;
    }
  }
  return areas;
}

/** Pixels shared by every pair of labels over a whole sequence. */
export interface Overlaps {
  truths: number[];
  proposals: number[];
  /** [proposals, truths] */
  table: Float64Array;
}

/** The overlap tables of all frames added up, background (0) included on both sides. */
export function sequenceOverlaps(frames: readonly FrameCounts[]): Overlaps {
  const ascending = (lists: Uint16Array[]) =>
    [...new Set(lists.flatMap((list) => Array.from(list)))].sort((a, b) => a - b);
  const truths = ascending(frames.map((frame) => frame.truths));
  const proposals = ascending(frames.map((frame) => frame.proposals));
  const column = new Map(truths.map((label, place) => [label, place]));
  const row = new Map(proposals.map((label, place) => [label, place]));
  const table = new Float64Array(proposals.length * truths.length);
  for (const frame of frames) {
    for (const [p, proposal] of frame.proposals.entries()) {
      for (const [t, truth] of frame.truths.entries()) {
        table[row.get(proposal)! * truths.length + column.get(truth)!]! +=
          frame.overlap[p * frame.truths.length + t]!;
      }
    }
  }
  return { truths, proposals, table };
}
