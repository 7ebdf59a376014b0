/** Compares what was found in one clip with its truth, again and again as clusters become other objects. */

import type { LabelMap } from '../engine/mask/types.ts';
import type { Size } from '../lib/size.ts';
import { latest } from '../lib/task.ts';
import { countFrame, type FrameCounts } from '../metrics/counts.ts';
import type { Labels } from '../metrics/labels.ts';
import { type ObjectScore, scoreClip } from '../metrics/protocols.ts';
import { failure } from './errors.ts';
import { type MaskNote, openMasks } from './masks.ts';
import { type PackedLabels, packLabels, unpackLabels } from './runs.ts';
import type { Truth } from './sequences.ts';

/** The truth of a clip frame. */
export interface PlacedTruth {
  frame: number;
  truth: Truth;
}

export interface TruthFile {
  /** As in `Truth.files`. */
  path: string;
  file: File;
}

/** What is known of the truth once it is read. */
export interface TruthInfo {
  width: number;
  height: number;
  /** Clip frames that have truth, ascending. */
  frames: Int32Array;
  notes: MaskNote[];
}

/** How the objects fare. */
export interface ClipScore {
  /** Clip frames that were compared, ascending. */
  frames: Int32Array;
  /** Each truth object; `proposal` is the number of the object matched to it, `J` and `F` go with `frames`. */
  objects: ObjectScore[];
}

export interface EvaluatorApi {
  /**
   * Reads the truth, in place of any before. Throws `truth/size` where sizes differ or do not have the clip's shape,
   * `png/…`, `mask/…`.
   */
  open(placed: readonly PlacedTruth[], files: readonly TruthFile[], clip: Size): Promise<TruthInfo>;
  /** The truth of a clip frame: 0 is background. Null where nobody annotated it. */
  truth(frame: number): Promise<LabelMap | null>;
  /** Takes the clusters of a clip frame at the truth's size. */
  take(frame: number, clusters: LabelMap): Promise<void>;
  /** Forgets all clusters: those of another run follow. */
  forget(): Promise<void>;
  /** Scores the frames taken. `objectOf`: the object of each cluster, numbered from 1, 0 for none. Null: no frames yet. */
  score(objectOf: Uint16Array): Promise<ClipScore | null>;
}

/** Widths over heights of one shape differ by less, since sizes are whole pixels. */
const SHAPE_TOLERANCE = 0.02;

export function createEvaluator(): EvaluatorApi {
  let truths = new Map<number, PackedLabels>();
  const clusters = new Map<number, PackedLabels>();
  /** Counts under the last `objectOf`, so that a frame more does not count the others again. */
  let counted = new Map<number, FrameCounts>();
  let last: Uint16Array = new Uint16Array();

  return {
    open: latest(async (signal, placed: readonly PlacedTruth[], files: readonly TruthFile[], clip: Size) => {
      const byPath = new Map(files.map(({ path, file }) => [path, file]));
      const source = {
        paths: [...byPath.keys()],
        read: async (path: string) => new Uint8Array(await byPath.get(path)!.arrayBuffer()),
      };
      const read = new Map<number, PackedLabels>();
      const ordered = [...placed].sort((a, b) => a.frame - b.frame);
      const masks = await openMasks(
        ordered.map(({ truth }) => truth),
        source,
        { truth: true },
      );
      let size: Labels | null = null;
      for (const { frame, truth } of ordered) {
        const map = await masks.read(truth);
        signal.throwIfAborted();
        const name = 'files' in truth ? truth.files[0]! : `of frame ${frame + 1}`;
        fits(name, map, size, clip);
        size ??= map;
        read.set(frame, packLabels(map));
      }
      truths = read;
      clusters.clear();
      counted.clear();
      const { width, height } = size!;
      return { width, height, frames: Int32Array.from(read.keys()), notes: masks.notes };
    }),

    async truth(frame) {
      const packed = truths.get(frame);
      return packed ? unpackLabels(packed) : null;
    },

    async take(frame, map) {
      clusters.set(frame, packLabels(map));
      counted.delete(frame);
    },

    async forget() {
      clusters.clear();
      counted.clear();
    },

    async score(objectOf) {
      if (objectOf.length !== last.length || objectOf.some((object, i) => object !== last[i]))
        counted.clear();
      last = objectOf;
      const frames = [...clusters.keys()].filter((frame) => truths.has(frame)).sort((a, b) => a - b);
      if (frames.length === 0) return null;
      const counts = new Map(
        frames.map((frame) => {
          const known = counted.get(frame);
          if (known) return [frame, known];
          const proposal = unpackLabels(clusters.get(frame)!, objectOf);
          return [frame, countFrame(unpackLabels(truths.get(frame)!), proposal, { contours: true })];
        }),
      );
      counted = counts;
      return { frames: Int32Array.from(frames), objects: scoreClip([...counts.values()]).objects };
    },
  };
}

function fits(name: string, map: Labels, others: Labels | null, clip: Size): void {
  const size = `${map.width} × ${map.height}`;
  if (others && (map.width !== others.width || map.height !== others.height))
    throw failure('truth/size', { name, size, of: 'others', wants: `${others.width} × ${others.height}` });
  const shapes = (map.width * clip.height) / (map.height * clip.width);
  if (Math.abs(Math.log(shapes)) > SHAPE_TOLERANCE)
    throw failure('truth/size', { name, size, of: 'clip', wants: `${clip.width} × ${clip.height}` });
}
