/** The ways in which the field scores a sequence, by name. Pure arithmetic on the counts of its frames. */
import type { FrameCounts } from './counts.ts';
import { matchProposals } from './matching.ts';
import { bestOverlaps, foregroundAri, matchedOverlaps, tubeOverlaps, videoAri } from './overlap.ts';
import { jaccard } from './region.ts';
import { mean, statistics } from './statistics.ts';
import { frameScores, labelAreas, pairJ, sequenceOverlaps } from './tables.ts';

export type ProtocolName =
  | 'main'
  | 'davis-2017-unsupervised'
  | 'authors'
  | 'single'
  | 'best-cluster'
  | 'video';

/** A measure by the name it has in tables. All are 1 at best, but the decays, which are best near 0. */
export type Measure =
  | 'J&F'
  | 'J'
  | 'J-recall'
  | 'J-decay'
  | 'F'
  | 'F-recall'
  | 'F-decay'
  | 'FG-ARI'
  | 'ARI'
  | 'mIoU'
  | 'mBO';

export type Measures = Partial<Record<Measure, number>>;

/** How one truth object fared. */
export interface ObjectScore {
  /** Its label in the truth; 1 where all objects were merged. */
  truth: number;
  /** The label of the proposal matched to it; null: none, or not the same one in every frame. */
  proposal: number | null;
  measures: Measures;
  /** J of every scored frame. */
  J: number[];
  /** F of every scored frame, where the protocol has it. */
  F: number[] | null;
}

/** How one sequence fared. */
export interface SequenceScore {
  /** Over the sequence: means over its objects, and what belongs to a video as a whole. */
  measures: Measures;
  objects: ObjectScore[];
  /** Truth labels that the protocol leaves out. */
  ignored: number[];
}

export interface Protocol {
  /** One sentence for help and reports. */
  summary: string;
  /** Whether frames have to be counted with contours. */
  contours: boolean;
  /** Whether frames have to be counted with the foreground merged. */
  merged: boolean;
  /** Most proposals allowed a sequence; null: any number. */
  proposals: number | null;
  /** Whether a data set's figure is a mean over objects (as DAVIS does) or over sequences. */
  over: 'objects' | 'sequences';
  /** Whether it scores one foreground: all truth objects merged. */
  foreground: boolean;
  /** Frames in order, at least one. */
  score(frames: readonly FrameCounts[]): SequenceScore;
}

/**
 * `main`: the automatic main subject, with no oracle: what the page shows as objects, at the settings that it suggests, as
 * one, against all truth objects as one; J and F of every frame, the measures of DAVIS-2016.
 *
 * `davis-2017-unsupervised`: the benchmark's own evaluation (Caelles et al., 2019). At most 20 proposals, numbered from 1;
 * one bipartite matching a sequence on the mean over frames of (J + F)/2; every frame counts, the first and the last
 * too (they are left out of the semi-supervised track only). The truth objects are 1 to the greatest label of the first
 * frame: one that is numbered higher and appears later is ignored.
 *
 * `authors`: as the paper's released evaluator: the same measures, but matched frame by frame, up to 300 proposals.
 *
 * `single`: DAVIS-2016, SegTrack-v2 and FBMS-59 as the paper uses them (App. B): all truth objects merged into one and
 * all proposals into one; J of every frame.
 *
 * `best-cluster`: an upper bound for one foreground: as `single`, but of all proposals the one with the best mean J.
 *
 * `video`: FG-ARI and mIoU of the paper's multi-object tables, ARI and mBO beside them, over the whole video.
 */
export const PROTOCOLS: Record<ProtocolName, Protocol> = {
  main: {
    summary: 'The automatic main subject against all objects as one: J&F; nothing is chosen with the truth.',
    contours: false,
    merged: true,
    proposals: null,
    over: 'sequences',
    foreground: true,
    score: scoreMain,
  },
  'davis-2017-unsupervised': {
    summary: 'DAVIS 2017 unsupervised: J&F, one matching a sequence, at most 20 proposals.',
    contours: true,
    merged: false,
    proposals: 20,
    over: 'objects',
    foreground: false,
    score: (frames) => scoreObjects(frames, matchSequence),
  },
  authors: {
    summary: 'As the paper’s released evaluator: J&F, matched frame by frame, at most 300 proposals.',
    contours: true,
    merged: false,
    proposals: 300,
    over: 'objects',
    foreground: false,
    score: (frames) => scoreObjects(frames, matchFrames),
  },
  single: {
    summary: 'One foreground: objects merged, proposals merged, mean J of the frames.',
    contours: false,
    merged: false,
    proposals: null,
    over: 'sequences',
    foreground: true,
    score: (frames) =>
      scoreForeground(
        frames.map((frame) => foregroundJ(frame, (label) => label > 0)),
        null,
      ),
  },
  'best-cluster': {
    summary: 'An oracle: J of the one proposal that suits the merged objects best over the sequence.',
    contours: false,
    merged: false,
    proposals: null,
    over: 'sequences',
    foreground: true,
    score: scoreBestCluster,
  },
  video: {
    summary: 'Whole videos: FG-ARI, mIoU, ARI, mBO.',
    contours: false,
    merged: false,
    proposals: null,
    over: 'sequences',
    foreground: false,
    score: scoreVideo,
  },
};

/** A data set's figures: means over objects or sequences, as the protocol does. */
export function summarise(protocol: Protocol, sequences: readonly SequenceScore[]): Measures {
  const parts = sequences.flatMap((sequence) =>
    protocol.over === 'objects' ? sequence.objects.map((object) => object.measures) : [sequence.measures],
  );
  return meanMeasures(parts);
}

/** Proposal place (or -1) of every truth object, frame by frame. */
type Matcher = (J: Float64Array[], F: Float64Array[], proposals: number, truths: number) => Int32Array[];

const matchSequence: Matcher = (J, F, proposals, truths) => {
  const scores = new Float64Array(proposals * truths);
  for (const table of [...J, ...F]) for (const [i, value] of table.entries()) scores[i]! += value;
  const matched = matchProposals(scores, proposals, truths);
  return J.map(() => matched);
};

const matchFrames: Matcher = (J, F, proposals, truths) =>
  J.map((table, frame) =>
    matchProposals(
      table.map((j, i) => j + F[frame]![i]!),
      proposals,
      truths,
    ),
  );

/**
 * Every truth object of the clip, matched to proposals as `davis-2017-unsupervised` does it, but those too that the first
 * frame does not have: for looking at one clip, not for comparing with others. Objects are ordered by label.
 */
export function scoreClip(frames: readonly FrameCounts[]): SequenceScore {
  const labels = new Set(frames.flatMap((frame) => Array.from(frame.truths)));
  const truths = [...labels].filter((label) => label > 0).sort((a, b) => a - b);
  return scoreTruths(frames, truths, matchSequence);
}

function scoreObjects(frames: readonly FrameCounts[], match: Matcher): SequenceScore {
  const greatest = frames[0]!.truths.at(-1) ?? 0;
  return scoreTruths(
    frames,
    Array.from({ length: greatest }, (_, i) => i + 1),
    match,
  );
}

function scoreTruths(
  frames: readonly FrameCounts[],
  truths: readonly number[],
  match: Matcher,
): SequenceScore {
  const found = Math.max(...frames.map((frame) => frame.proposals.at(-1) ?? 0));
  // Fewer proposals than objects: empty ones fill up, and agree with objects where those are absent.
  const proposals = Math.max(found, truths.length);
  const scores = frames.map((frame) => frameScores(frame, truths, proposals));
  const [J, F] = [scores.map((score) => score.J), scores.map((score) => score.F!)];
  const matched = match(J, F, proposals, truths.length);
  const objects = truths.map((truth, t): ObjectScore => {
    const cells = matched.map((places) => places[t]! * truths.length + t);
    const [ofJ, ofF] = [cells.map((cell, i) => J[i]![cell]!), cells.map((cell, i) => F[i]![cell]!)];
    const place = matched[0]![t]!;
    const steady = place < found && matched.every((places) => places[t] === place);
    return {
      truth,
      proposal: steady ? place + 1 : null,
      measures: { ...regionMeasures(ofJ), ...contourMeasures(ofF), 'J&F': (mean(ofJ) + mean(ofF)) / 2 },
      J: ofJ,
      F: ofF,
    };
  });
  const all = new Set(frames.flatMap((frame) => Array.from(frame.truths)));
  const greatest = truths.at(-1) ?? 0;
  const ignored = [...all].filter((label) => label > greatest).sort((a, b) => a - b);
  return { measures: meanMeasures(objects.map((object) => object.measures)), objects, ignored };
}

function regionMeasures(J: number[]): Measures {
  const { mean, recall, decay } = statistics(J);
  return { J: mean, 'J-recall': recall, 'J-decay': decay };
}

function contourMeasures(F: number[]): Measures {
  const { mean, recall, decay } = statistics(F);
  return { F: mean, 'F-recall': recall, 'F-decay': decay };
}

/** J and F of the one object that all are merged into. */
function scoreMain(frames: readonly FrameCounts[]): SequenceScore {
  const merged = frames.map((frame) => frame.merged!);
  return { ...scoreTruths(merged, [1], () => merged.map(() => Int32Array.of(0))), ignored: [] };
}

function scoreForeground(J: number[], proposal: number | null): SequenceScore {
  const measures = regionMeasures(J);
  return { measures, objects: [{ truth: 1, proposal, measures, J, F: null }], ignored: [] };
}

/** J of the merged truth objects against the proposals that `take` merges. */
function foregroundJ(frame: FrameCounts, take: (label: number) => boolean): number {
  const { truths, proposals, overlap } = frame;
  const areas = labelAreas(frame);
  const background = truths[0] === 0 ? 1 : 0;
  const truthArea = areas.truths.subarray(background).reduce((sum, area) => sum + area, 0);
  let [shared, area] = [0, 0];
  for (const [p, label] of proposals.entries()) {
    if (!take(label)) continue;
    area += areas.proposals[p]!;
    for (let t = background; t < truths.length; t++) shared += overlap[p * truths.length + t]!;
  }
  return jaccard(shared, area + truthArea - shared);
}

function scoreBestCluster(frames: readonly FrameCounts[]): SequenceScore {
  const labels = [...new Set(frames.flatMap((frame) => Array.from(frame.proposals)))].filter(
    (label) => label > 0,
  );
  const candidates = labels.map((proposal) => {
    const J = frames.map((frame) => foregroundJ(frame, (label) => label === proposal));
    return { proposal, J, mean: mean(J) };
  });
  const best = candidates.reduce((a, b) => (b.mean > a.mean ? b : a), {
    proposal: null as number | null,
    J: frames.map((frame) => foregroundJ(frame, () => false)),
    mean: -1,
  });
  return scoreForeground(best.J, best.proposal);
}

function scoreVideo(frames: readonly FrameCounts[]): SequenceScore {
  const overlaps = sequenceOverlaps(frames);
  const iou = tubeOverlaps(overlaps);
  const best = bestOverlaps(iou);
  const objects = matchedOverlaps(iou).map(({ iou: matched, proposal }, t): ObjectScore => {
    const truth = iou.truths[t]!;
    return {
      truth,
      proposal: proposal || null,
      measures: { mIoU: matched, mBO: best[t]! },
      J: frames.map((frame) => pairJ(frame, truth, proposal)),
      F: null,
    };
  });
  const measures = {
    ...meanMeasures(objects.map((object) => object.measures)),
    'FG-ARI': foregroundAri(overlaps),
    ARI: videoAri(overlaps),
  };
  return { measures, objects, ignored: [] };
}

function meanMeasures(parts: readonly Measures[]): Measures {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part) as Measure[]))];
  return Object.fromEntries(names.map((name) => [name, mean(parts.map((part) => part[name]!))]));
}
