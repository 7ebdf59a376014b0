/** Run-length encoded masks as COCO and YouTube-VIS have them: runs of 0 and 1 in turn, column by column. */
import { failure } from './errors.ts';

export interface Rle {
  /** [height, width] */
  size: readonly [number, number];
  /** Lengths of the runs, the first of zeros; or the same packed into text. */
  counts: readonly number[] | string;
}

/** The mask [height, width], row by row, 1 inside. Throws `dataset/bad-rle`. */
export function decodeRle({ size: [height, width], counts }: Rle): Uint8Array {
  const runs = typeof counts === 'string' ? unpack(counts) : counts;
  const mask = new Uint8Array(height * width);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (!(run >= 0) || at + run > mask.length)
      throw failure('dataset/bad-rle', { detail: 'its runs overshoot' });
    if (i % 2 === 1) {
      for (let k = at; k < at + run; k++) mask[(k % height) * width + Math.floor(k / height)] = 1;
    }
    at += run;
  }
  if (at !== mask.length) throw failure('dataset/bad-rle', { detail: 'its runs end too early' });
  return mask;
}

/**
 * The packed run-length encodings of all objects of a map [height, width] in one pass: `places` holds each pixel's
 * object, 0 … objects − 1, or more for none. Null where an object has no pixel.
 */
export function encodeRles(
  places: ArrayLike<number>,
  height: number,
  width: number,
  objects: number,
): (Rle | null)[] {
  const runs = Array.from({ length: objects }, (): number[] => []);
  const ends = new Float64Array(objects);
  let [start, inside] = [0, places[0]!];
  const close = (at: number) => {
    if (inside < objects) {
      runs[inside]!.push(start - ends[inside]!, at - start);
      ends[inside] = at;
    }
  };
  for (let x = 0, k = 0; x < width; x++) {
    for (let y = 0, at = x; y < height; y++, at += width, k++) {
      if (places[at] === inside) continue;
      close(k);
      [start, inside] = [k, places[at]!];
    }
  }
  const total = height * width;
  close(total);
  return runs.map((own, object) => {
    if (own.length === 0) return null;
    const rest = total - ends[object]!;
    return { size: [height, width], counts: pack(rest > 0 ? [...own, rest] : own) };
  });
}

/*
 * The text form: from the fourth run on, each is stored less the run two before it; each number goes as
 * little-endian groups of five bits, signed, bit 5 telling that more follow, as characters from '0' on.
 */

function unpack(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, more] = [0, 0, true];
    while (more) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64) || shift > 25) {
        throw failure('dataset/bad-rle', { detail: 'its text is damaged' });
      }
      value |= (code & 31) << shift;
      shift += 5;
      more = (code & 32) !== 0;
      if (!more && code & 16) value |= -1 << shift;
    }
    runs.push(runs.length > 2 ? value + runs.at(-2)! : value);
  }
  return runs;
}

function pack(runs: readonly number[]): string {
  let text = '';
  for (const [i, run] of runs.entries()) {
    let value = i > 2 ? run - runs[i - 2]! : run;
    for (let more = true; more; ) {
      const group = value & 31;
      value >>= 5;
      more = group & 16 ? value !== -1 : value !== 0;
      text += String.fromCharCode(48 + (more ? group | 32 : group));
    }
  }
  return text;
}
