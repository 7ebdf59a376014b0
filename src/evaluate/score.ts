/** Scores predicted masks of sequences against their truth. */
import { failure } from '../lib/errors.ts';
import { countFrame, type FrameCounts, keepProposals, type Labels } from '../metrics/counts.ts';
import { PROTOCOLS, type ProtocolName, type SequenceScore } from '../metrics/protocols.ts';
import { readTruth } from './datasets.ts';
import { sequenceLabels } from './pictures.ts';
import type { DatasetSequence, FileSource } from './sequences.ts';

/** A sequence's score under each protocol asked for. */
export type Scores = Partial<Record<ProtocolName, SequenceScore>>;

/** What is to be judged: the truth of a frame and the proposals for it. */
export interface FramePair {
  truth: Labels;
  proposal: Labels;
}

/** Counts all that the protocols ask of every frame. */
export async function countPairs(
  protocols: readonly ProtocolName[],
  frames: AsyncIterable<FramePair>,
): Promise<FrameCounts[]> {
  const contours = protocols.some((name) => PROTOCOLS[name].contours);
  const counts: FrameCounts[] = [];
  for await (const { truth, proposal } of frames) counts.push(countFrame(truth, proposal, { contours }));
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

/**
 * Reads the masks of a sequence and their predictions, frame by frame, in order; frames without truth are passed over.
 * Throws `score/missing-frames` before anything is read, `score/size`, and what reading throws.
 */
export async function* framePairs(
  truth: { sequence: DatasetSequence; source: FileSource },
  prediction: { sequence: DatasetSequence; source: FileSource },
): AsyncGenerator<FramePair> {
  const name = truth.sequence.name;
  const predicted = new Map(prediction.sequence.frames.map((frame) => [frame.key, frame.truth]));
  const judged = truth.sequence.frames.flatMap(({ key, truth }) => (truth ? [{ key, truth }] : []));
  const missing = judged.filter(({ key }) => !predicted.get(key)).map(({ key }) => key);
  if (missing.length > 0)
    throw failure('score/missing-frames', { sequence: name, frames: missing.join(', ') });

  const label = { truth: sequenceLabels(), proposal: sequenceLabels() };
  const read = ({ key, truth: file }: (typeof judged)[number]) =>
    Promise.all([readTruth(file, truth.source), readTruth(predicted.get(key)!, prediction.source)]);
  // One frame is read ahead, so that unpacking and counting overlap.
  let next = judged[0] && read(judged[0]);
  for (const [i, { key }] of judged.entries()) {
    const [wanted, given] = await next!;
    const following = judged[i + 1];
    next = following && read(following);
    next?.catch(() => {});
    if (given.width !== wanted.width || given.height !== wanted.height) {
      throw failure('score/size', {
        name: `The prediction for frame ${key} of ${name}`,
        size: `${given.width} × ${given.height}`,
        wants: `${wanted.width} × ${wanted.height}`,
      });
    }
    yield { truth: label.truth(wanted), proposal: label.proposal(given) };
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
