import type { ExportSource } from '../export/types.ts';
import { type PackedMap, pack, sameMasks, unpack } from '../mask/packed.ts';
import type { Masks } from '../mask/types.ts';

type FrameLabels = ExportSource['labels'];

/** Bytes of packed labels that are kept: a data set's ten thousand frames. */
const BUDGET = 64e6;

/**
 * Labels of the frames of an export, for the next one: what is drawn for one format is not drawn again for another. Those of one kind
 * of masks are kept.
 */
export class KeptLabels {
  private of: Masks = {};
  private maps = new Map<string, PackedMap>();
  private bytes = 0;

  /** @param budget bytes beyond which no more are kept */
  constructor(private readonly budget = BUDGET) {}

  /** `made`, but frames that were made before for the same masks are not made again. */
  through(made: FrameLabels, { parts, strokes, edges = true }: Masks): FrameLabels {
    const of: Masks = { ...(parts && { parts }), ...(strokes && { strokes }), edges };
    if (!sameMasks(of, this.of)) [this.of, this.maps, this.bytes] = [of, new Map(), 0];
    const { maps } = this;
    return async (frame, width, height, decoded) => {
      const key = [frame, width, height].join();
      const kept = maps.get(key);
      if (kept) return unpack(kept).labels;
      const labels = await made(frame, width, height, decoded);
      if (labels && this.maps === maps && this.bytes < this.budget) {
        const packed = pack({ width, height, labels });
        maps.set(key, packed);
        this.bytes += packed.runs.byteLength;
      }
      return labels;
    };
  }
}
