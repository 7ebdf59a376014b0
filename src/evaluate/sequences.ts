/** What a data set is, once it is found. */
import type { Rle } from '../lib/rle.ts';

/** A folder's files, wherever they are. */
export interface FileSource {
  /** Relative to the folder, '/' between parts. */
  paths: readonly string[];
  read(path: string): Promise<Uint8Array>;
}

/** Where a frame's truth is: mask files or run-length encoded masks, an object each where there are several. */
export type Truth =
  | { files: readonly string[] }
  | { rles: readonly (Rle | null)[]; size: readonly [height: number, width: number] };

export interface DatasetFrame {
  /** The number in the frame's file name, without leading zeros, or the name itself where it has none. */
  key: string;
  image: string | null;
  /** Null: nobody annotated this frame. */
  truth: Truth | null;
}

export interface DatasetSequence {
  name: string;
  /** In the order of their numbers. */
  frames: DatasetFrame[];
}

export interface Dataset {
  sequences: DatasetSequence[];
  /** A sentence for each thing that does not fit: a mask without an image, two files for one frame, … */
  oddities: string[];
}

/** The last number of a file's name, or the whole name where it has none. */
export function frameKey(path: string): string {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const digits = /(\d+)\D*$/.exec(stem)?.[1];
  return digits === undefined ? stem : String(Number(digits));
}
