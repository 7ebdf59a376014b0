/** Masks as transparent pictures to lay over frames: what a report and the page show of truth and prediction. */
import { encodePng } from '../lib/png.ts';
import { VOID } from '../metrics/counts.ts';
import type { Labels } from '../metrics/labels.ts';
import { PROTOCOLS, type ProtocolName, type SequenceScore } from '../metrics/protocols.ts';

/** Colours of objects 1, 2, …, over and over: far apart in hue, clear on most pictures. */
export const OBJECT_COLOURS = [
  '#ff5470',
  '#2dd4a7',
  '#ffb020',
  '#4c9dff',
  '#b57bff',
  '#f7e24a',
  '#ff8a5c',
  '#5ee0ff',
] as const;
const OPACITY = 165;

/**
 * Truth and prediction with one number for what was matched: proposals get the number of their truth object, and those
 * that were matched to none become background. Where a protocol matches frame by frame, each object gets the
 * proposal with the best J in this one. `objects`: how many proposals count as foreground under `single`.
 */
export function matchedLabels(
  { protocol, score, objects }: { protocol: ProtocolName; score: SequenceScore; objects: number },
  truth: Labels,
  proposal: Labels,
): { truth: Uint16Array; proposal: Uint16Array } {
  if (PROTOCOLS[protocol].foreground) {
    const best = score.objects[0]?.proposal ?? null;
    const inside = (label: number) =>
      protocol === 'single' || protocol === 'main' ? label > 0 && label <= objects : label === best;
    return {
      truth: truth.labels.map((label) => (label > 0 && label !== VOID ? 1 : 0)),
      proposal: proposal.labels.map((label) => (inside(label) ? 1 : 0)),
    };
  }
  const numbers = new Map<number, number>();
  for (const { truth: object, proposal: matched } of score.objects) {
    const taken = matched ?? bestProposal(object, truth.labels, proposal.labels);
    if (taken) numbers.set(taken, object);
  }
  return {
    truth: truth.labels.map((label) => (label === VOID ? 0 : label)),
    proposal: proposal.labels.map((label) => numbers.get(label) ?? 0),
  };
}

/** The proposal with the greatest J with an object in this frame; 0 where none touches it. */
function bestProposal(object: number, truth: Uint16Array, proposal: Uint16Array): number {
  const shared = new Map<number, number>();
  const areas = new Map<number, number>();
  let area = 0;
  for (const [i, label] of proposal.entries()) {
    const inside = truth[i] === object ? 1 : 0;
    area += inside;
    areas.set(label, (areas.get(label) ?? 0) + 1);
    if (inside) shared.set(label, (shared.get(label) ?? 0) + 1);
  }
  shared.delete(0);
  const ratio = (label: number) => shared.get(label)! / (area + areas.get(label)! - shared.get(label)!);
  return [...shared.keys()].reduce(
    (best, label) => (best === 0 || ratio(label) > ratio(best) ? label : best),
    0,
  );
}

/** Labels as a PNG whose background is transparent and whose objects let the frame shine through. */
export async function overlayPng(
  labels: Uint16Array,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = OBJECT_COLOURS.length;
  const palette = Uint8Array.from(['#000000', ...OBJECT_COLOURS].flatMap(channels));
  const alpha = Uint8Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 0 : OPACITY));
  const samples = Uint8Array.from(labels, (label) => (label === 0 ? 0 : 1 + ((label - 1) % count)));
  return encodePng({ width, height, colour: 'palette', samples, palette, alpha });
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
