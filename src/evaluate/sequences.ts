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
  /** What names the frame in its file's name: most often a number, without leading zeros. */
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
