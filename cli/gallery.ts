import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import type { Gallery, GalleryFrame } from '../src/evaluate/html.ts';
import { openMasks } from '../src/evaluate/masks.ts';
import { matchedLabels, overlayPng } from '../src/evaluate/overlay.ts';
import type { Outcome } from '../src/evaluate/results.ts';
import type { DatasetSequence } from '../src/evaluate/sequences.ts';
import type { ProtocolName } from '../src/metrics/protocols.ts';
import { mean } from '../src/metrics/statistics.ts';
import { clipFrames, type Place, predictionFile } from './evaluation.ts';

/** Frames shown of each kind, and the largest image that is put into a report. */
const SHOWN = 4;
const MOST_BYTES = 1.5 * 2 ** 20;
const TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

interface Pick {
  outcome: Outcome;
  frame: number;
  J: number;
}

/** The worst frames of the worst sequences and the best frames of the best ones. `outOf`: the folder of an outcome's predictions. */
export async function collectGallery(
  place: Place,
  sequences: readonly DatasetSequence[],
  outcomes: readonly Outcome[],
  protocol: ProtocolName,
  variant: { name: string; folder: string },
  outOf: (outcome: Outcome) => string,
): Promise<Gallery> {
  const own = outcomes.filter(
    (outcome) => outcome.variant === variant.name && outcome.scores?.[protocol]?.objects.length,
  );
  const extremes = own.map((outcome) => {
    const frames = outcome.run!.scored.map((_, frame): Pick => {
      const J = mean(outcome.scores![protocol]!.objects.map((object) => object.J[frame]!));
      return { outcome, frame, J };
    });
    const sorted = frames.sort((a, b) => a.J - b.J);
    return { worst: sorted[0]!, best: sorted.at(-1)! };
  });
  const worst = extremes
    .map((one) => one.worst)
    .sort((a, b) => a.J - b.J)
    .slice(0, SHOWN);
  const best = extremes
    .map((one) => one.best)
    .sort((a, b) => b.J - a.J)
    .slice(0, SHOWN);
  const show = (pick: Pick) => {
    const sequence = sequences.find(({ name }) => name === pick.outcome.sequence)!;
    return picture(place, sequence, pick, protocol, variant.folder, outOf(pick.outcome));
  };
  return {
    protocol,
    variant: variant.name,
    worst: await Promise.all(worst.map(show)),
    best: await Promise.all(best.map(show)),
  };
}

async function picture(
  place: Place,
  sequence: DatasetSequence,
  { outcome, frame, J }: Pick,
  protocol: ProtocolName,
  variantFolder: string,
  out: string,
): Promise<GalleryFrame> {
  const { scored } = outcome.run!;
  const frames = new Map(clipFrames(sequence).map((each) => [each.key, each]));
  const masks = await openMasks(
    scored.map((key) => frames.get(key)!.truth!),
    place.source,
    { truth: true, ...(place.void ? { void: place.void } : {}) },
  );
  const { key, image } = frames.get(scored[frame]!)!;
  const truth = await masks.read(frames.get(key)!.truth!);
  const file = predictionFile(out, variantFolder, sequence.name, image);
  const proposal = await decodeMask(await readFile(file), file);
  const score = outcome.scores![protocol]!;
  const matched = matchedLabels({ protocol, score, objects: outcome.run!.objects }, truth, proposal);
  const { width, height } = truth;
  const overlay = async (labels: Uint16Array) =>
    dataUrl('image/png', await overlayPng(labels, width, height));
  return {
    sequence: sequence.name,
    key,
    J,
    image: await imageUrl(join(place.folder, image)),
    truth: await overlay(matched.truth),
    proposal: await overlay(matched.proposal),
    width,
    height,
  };
}

async function imageUrl(path: string): Promise<string | null> {
  const type = TYPES[extname(path).toLowerCase()];
  if (!type || (await stat(path)).size > MOST_BYTES) return null;
  return dataUrl(type, await readFile(path));
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
