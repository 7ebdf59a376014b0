/**
 * Everything that a metric asks of a frame, counted once: how truth objects and proposals overlap, and how much of
 * their contours lie near each other. Protocols are then arithmetic on these small tables.
 */
import { contourMatches, contours, tolerance } from './contour.ts';
import type { Labels } from './labels.ts';

/** Truth label of pixels that nobody labelled, as DAVIS and YouTube-VOS mark them. They count for nothing. */
export const VOID = 255;

/** Counts of one frame. Tables are row-major with one row per proposal and one column per truth object. */
export interface FrameCounts {
  /** 0 (background) and the labels found in the frame, ascending; a proposal that lies in void only is listed too. */
  truths: Uint16Array;
  proposals: Uint16Array;
  /** Pixels that a proposal and a truth object share, void left out: [proposals, truths]. */
  overlap: Uint32Array;
  /** Absent where the protocol measures no contours. */
  contour: ContourCounts | null;
  /** The same frame, contours too, with all truth objects as object 1 and all proposals of the foreground as proposal 1. */
  merged: FrameCounts | null;
}

/** Contour pixels of every label of the frame; the background's are not counted and stay 0. */
export interface ContourCounts {
  ofTruth: Uint32Array;
  ofProposal: Uint32Array;
  /** Pixels of the proposal's contour near the truth's: [proposals, truths]. */
  proposalNearTruth: Uint32Array;
  /** Pixels of the truth's contour near the proposal's: [proposals, truths]. */
  truthNearProposal: Uint32Array;
}

/** What of a frame to count. */
export interface CountOptions {
  /** Whether contours are wanted; they take most of the time. */
  contours: boolean;
  /** The last proposal of the foreground, where that is wanted merged. */
  foreground?: number;
}

/** Counts one frame. Both maps have to be of one size. */
export function countFrame(truth: Labels, proposal: Labels, options: CountOptions): FrameCounts {
  const { width, height } = truth;
  if (proposal.width !== width || proposal.height !== height) {
    throw new RangeError(`sizes differ: ${proposal.width}×${proposal.height} against ${width}×${height}`);
  }
  const seen = withoutVoid(truth, proposal);
  const [truths, proposals] = [labelsOf(seen.truth.labels), labelsOf(proposal.labels, seen.proposal.labels)];
  const overlap = countOverlap(seen, truths, proposals);
  const contour = options.contours ? countContours(seen.truth, seen.proposal, truths, proposals) : null;
  const merged = options.foreground === undefined ? null : countMerged(truth, proposal, options.foreground);
  return { truths, proposals, overlap, contour, merged };
}

function countMerged(truth: Labels, proposal: Labels, foreground: number): FrameCounts {
  const one = (map: Labels, label: (label: number) => number): Labels => ({
    ...map,
    labels: map.labels.map(label),
  });
  return countFrame(
    one(truth, (label) => (label === VOID ? VOID : Math.min(label, 1))),
    one(proposal, (label) => Number(label > 0 && label <= foreground)),
    { contours: true },
  );
}

/** The same frame with the proposals above `most` turned into background. */
export function keepProposals(counts: FrameCounts, most: number): FrameCounts {
  const { truths, proposals, overlap, contour, merged: foreground } = counts;
  const kept = proposals.filter((label) => label <= most);
  if (kept.length === proposals.length) return counts;
  const rows = kept.length * truths.length;
  const merged = overlap.slice(0, rows);
  for (let i = rows; i < overlap.length; i++) merged[i % truths.length]! += overlap[i]!;
  return {
    truths,
    proposals: kept,
    overlap: merged,
    contour: contour && {
      ofTruth: contour.ofTruth,
      ofProposal: contour.ofProposal.slice(0, kept.length),
      proposalNearTruth: contour.proposalNearTruth.slice(0, rows),
      truthNearProposal: contour.truthNearProposal.slice(0, rows),
    },
    merged: foreground,
  };
}

/** Void pixels become background on both sides, so that no contour runs through them but their own edge. */
function withoutVoid(truth: Labels, proposal: Labels) {
  if (!truth.labels.includes(VOID)) return { truth, proposal, voids: null };
  const voids = new Uint8Array(truth.labels.length);
  const clear = (map: Labels): Labels => ({
    ...map,
    labels: map.labels.map((label, i) => (voids[i] ? 0 : label)),
  });
  for (let i = 0; i < voids.length; i++) voids[i] = truth.labels[i] === VOID ? 1 : 0;
  return { truth: clear(truth), proposal: clear(proposal), voids };
}

/** Pixels of each pair of labels. Masks are made of runs: a pair is looked up only where another one begins. */
function countOverlap(
  { truth, proposal, voids }: ReturnType<typeof withoutVoid>,
  truths: Uint16Array,
  proposals: Uint16Array,
): Uint32Array {
  const [column, row] = [placesOf(truths), placesOf(proposals)];
  const [wanted, given] = [truth.labels, proposal.labels];
  const overlap = new Uint32Array(proposals.length * truths.length);
  let [lastWanted, lastGiven, pair] = [-1, -1, 0];
  for (let i = 0; i < wanted.length; i++) {
    if (voids?.[i]) continue;
    if (wanted[i] !== lastWanted || given[i] !== lastGiven) {
      lastWanted = wanted[i]!;
      lastGiven = given[i]!;
      pair = row[lastGiven]! * truths.length + column[lastWanted]!;
    }
    overlap[pair]!++;
  }
  return overlap;
}

function countContours(
  truth: Labels,
  proposal: Labels,
  truths: Uint16Array,
  proposals: Uint16Array,
): ContourCounts {
  const { width, height } = truth;
  const radius = tolerance(width, height);
  const ofTruths = contours(truth, truths);
  const ofProposals = contours(proposal, proposals);
  const lengths = (lists: Int32Array[]) => Uint32Array.from(lists, (pixels) => pixels.length);
  return {
    ofTruth: lengths(ofTruths),
    ofProposal: lengths(ofProposals),
    proposalNearTruth: contourMatches(ofProposals, ofTruths, width, height, radius),
    truthNearProposal: transpose(
      contourMatches(ofTruths, ofProposals, width, height, radius),
      truths.length,
      proposals.length,
    ),
  };
}

function labelsOf(...maps: Uint16Array[]): Uint16Array {
  const seen = new Uint8Array(65536);
  for (const labels of maps) {
    for (let i = 0, last = -1; i < labels.length; i++) {
      if (labels[i] === last) continue;
      last = labels[i]!;
      seen[last] = 1;
    }
  }
  const found = [0];
  for (let label = 1; label < seen.length; label++) if (seen[label]) found.push(label);
  return Uint16Array.from(found);
}

function placesOf(labels: Uint16Array): Uint16Array {
  const places = new Uint16Array((labels.at(-1) ?? 0) + 1);
  for (const [place, label] of labels.entries()) places[label] = place;
  return places;
}

function transpose(table: Uint32Array, rows: number, columns: number): Uint32Array {
  const out = new Uint32Array(table.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = table[r * columns + c]!;
  }
  return out;
}
