/** Scores predicted masks of sequences against their truth. */

import { type CountOptions, countFrame, type FrameCounts, keepProposals } from '../metrics/counts.ts';
import type { Labels } from '../metrics/labels.ts';
import { PROTOCOLS, type ProtocolName, type SequenceScore } from '../metrics/protocols.ts';
import { failure } from './errors.ts';
import { matchFrames } from './frame-names.ts';
import type { MaskReader } from './masks.ts';
import type { DatasetSequence, Truth } from './sequences.ts';

/** A sequence's score under each protocol asked for. */
export type Scores = Partial<Record<ProtocolName, SequenceScore>>;

/** What is to be scored: the truth of a frame and the proposals for it. */
export interface FramePair {
  truth: Labels;
  proposal: Labels;
}

/** What protocols ask to be counted. `foreground`: the last proposal of the foreground. */
export function countOptions(protocols: readonly ProtocolName[], foreground: number): CountOptions {
  const asked = protocols.map((name) => PROTOCOLS[name]);
  return {
    contours: asked.some(({ contours }) => contours),
    ...(asked.some(({ merged }) => merged) && { foreground }),
  };
}

/** Counts every frame. */
export async function countPairs(
  frames: AsyncIterable<FramePair>,
  options: CountOptions,
): Promise<FrameCounts[]> {
  const counts: FrameCounts[] = [];
  for await (const { truth, proposal } of frames) counts.push(countFrame(truth, proposal, options));
  return counts;
}

/**
 * Scores the counted frames of a sequence under each protocol. Proposals numbered above what `keep` gives for a
 * protocol count as background. Throws `score/too-many` where more are left than the protocol allows.
 */
export function scoreCounts(
  sequence: string,
  protocols: readonly ProtocolName[],
  counts: readonly FrameCounts[],
  keep: (protocol: ProtocolName) => number,
): Scores {
  const entries = protocols.map((protocol) => {
    const most = PROTOCOLS[protocol].proposals ?? Number.POSITIVE_INFINITY;
    const kept = counts.map((frame) => keepProposals(frame, keep(protocol)));
    const found = kept.reduce((greatest, frame) => Math.max(greatest, frame.proposals.at(-1)!), 0);
    if (found > most) throw failure('score/too-many', { sequence, found, most, protocol });
    return [protocol, PROTOCOLS[protocol].score(kept)] as const;
  });
  return Object.fromEntries(entries);
}

/** A frame that is scored, and its prediction. */
export interface ScoredFrame {
  key: string;
  truth: Truth;
  prediction: Truth;
}

/**
 * The frames of a sequence that have truth, in order, with their predictions: by their keys, and where these do not fit,
 * by whatever in the names of both does. Throws `score/missing-frames`.
 */
export function scoredFrames(truth: DatasetSequence, prediction: DatasetSequence): ScoredFrame[] {
  const scored = truth.frames.flatMap(({ key, truth }) => (truth ? [{ key, truth }] : []));
  const given = prediction.frames.flatMap(({ key, truth }) => (truth ? [{ key, truth }] : []));
  const byKey = new Map(given.map(({ key, truth }) => [key, truth]));
  const missing = scored.filter(({ key }) => !byKey.has(key)).map(({ key }) => key);
  if (missing.length === 0) return scored.map((frame) => ({ ...frame, prediction: byKey.get(frame.key)! }));
  const names = (frames: typeof scored) =>
    frames.flatMap(({ truth }) => ('files' in truth && truth.files.length === 1 ? [truth.files[0]!] : []));
  const [wanted, offered] = [names(scored), names(given)];
  const places =
    wanted.length === scored.length && offered.length === given.length ? matchFrames(wanted, offered) : null;
  if (!places) throw failure('score/missing-frames', { sequence: truth.name, frames: missing.join(', ') });
  return scored.map((frame, i) => ({ ...frame, prediction: given[places[i]!]!.truth }));
}

/** Reads scored frames of a sequence one by one, in order. Throws `score/size`, and what reading throws. */
export async function* framePairs(
  sequence: string,
  frames: readonly ScoredFrame[],
  masks: { truth: MaskReader; prediction: MaskReader },
): AsyncGenerator<FramePair> {
  const read = ({ truth, prediction }: ScoredFrame) =>
    Promise.all([masks.truth.read(truth), masks.prediction.read(prediction)]);
  // One frame is read ahead, so that unpacking and counting overlap.
  let next = frames[0] && read(frames[0]);
  for (const [i, { key }] of frames.entries()) {
    const [truth, proposal] = await next!;
    const following = frames[i + 1];
    next = following && read(following);
    next?.catch(() => {});
    if (proposal.width !== truth.width || proposal.height !== truth.height) {
      throw failure('score/size', {
        name: `The prediction for frame ${key} of ${sequence}`,
        size: `${proposal.width} × ${proposal.height}`,
        wants: `${truth.width} × ${truth.height}`,
      });
    }
    yield { truth, proposal };
  }
}

/** The predicted sequence that belongs to a truth sequence: of its name, of the same last folder, or the only one. */
export function predictionFor(
  name: string,
  truths: readonly DatasetSequence[],
  predictions: readonly DatasetSequence[],
): DatasetSequence {
  const last = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const found =
    predictions.find((sequence) => sequence.name === name) ??
    predictions.find((sequence) => last(sequence.name) === last(name)) ??
    (truths.length === 1 && predictions.length === 1 ? predictions[0] : undefined);
  if (!found) throw failure('score/no-prediction', { sequence: name });
  return found;
}
