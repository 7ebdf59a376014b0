import type { Size } from '../../lib/size.ts';
import { encodeMask, MOST_INDICES } from '../mask/mask-png.ts';
import type { ExportFrame } from './frames.ts';
import type { ExportNote } from './notes.ts';

/** A PNG of a frame with DAVIS's palette, which is Pascal VOC's: `numbers` of the places in the list, above 254: 0. */
export function indexedPng(
  { places }: ExportFrame,
  numbers: readonly number[],
  { width, height }: Size,
): Promise<Uint8Array<ArrayBuffer>> {
  const indices = Uint16Array.from([...numbers.map((number) => (number > MOST_INDICES ? 0 : number)), 0]);
  return encodeMask({ width, height, labels: places.map((place) => indices[place]!) });
}

/** What is said of objects for which there is no index. */
export function leftOutNotes(numbers: readonly number[]): ExportNote[] {
  const count = numbers.filter((number) => number > MOST_INDICES).length;
  return count === 0 ? [] : [{ code: 'export/left-out', params: { most: MOST_INDICES, count } }];
}
