import { sameData } from '../../lib/same.ts';
import type { LabelMap, Masks } from './types.ts';

/** A map as runs of equal labels: label and length in turn. Masks are large areas, so that it takes a hundredth. */
export interface PackedMap {
  width: number;
  height: number;
  runs: Uint32Array;
}

export function pack({ width, height, labels }: LabelMap): PackedMap {
  const runs: number[] = [];
  for (let start = 0; start < labels.length; ) {
    let end = start + 1;
    while (end < labels.length && labels[end] === labels[start]) end++;
    runs.push(labels[start]!, end - start);
    start = end;
  }
  return { width, height, runs: Uint32Array.from(runs) };
}

export function unpack({ width, height, runs }: PackedMap): LabelMap {
  const labels = new Uint16Array(width * height);
  for (let i = 0, at = 0; i < runs.length; i += 2) {
    labels.fill(runs[i]!, at, at + runs[i + 1]!);
    at += runs[i + 1]!;
  }
  return { width, height, labels };
}

/** Whether masks have the same content: while frames are followed, many are rebuilt without having changed. */
export const sameMasks = (a: Masks, b: Masks): boolean =>
  sameData({ ...a, strokes: a.strokes ?? [] }, { ...b, strokes: b.strokes ?? [] });
