/** Label maps as runs of equal labels: masks have few, so that a clip's maps fit in little memory. */
import type { Labels } from '../metrics/labels.ts';

export interface PackedLabels {
  width: number;
  height: number;
  values: Uint16Array;
  /** Where each run ends, exclusive. */
  ends: Uint32Array;
}

export function packLabels({ width, height, labels }: Labels): PackedLabels {
  let runs = 0;
  for (let i = 0; i < labels.length; i++) if (i === 0 || labels[i] !== labels[i - 1]) runs++;
  const values = new Uint16Array(runs);
  const ends = new Uint32Array(runs);
  let run = -1;
  for (let i = 0; i < labels.length; i++) {
    if (i === 0 || labels[i] !== labels[i - 1]) values[++run] = labels[i]!;
    ends[run] = i + 1;
  }
  return { width, height, values, ends };
}

/** `rename`: what each label becomes; absent: itself. */
export function unpackLabels({ width, height, values, ends }: PackedLabels, rename?: Uint16Array): Labels {
  const labels = new Uint16Array(width * height);
  let start = 0;
  for (const [run, end] of ends.entries()) {
    const value = values[run]!;
    labels.fill(rename ? rename[value]! : value, start, end);
    start = end;
  }
  return { width, height, labels };
}
