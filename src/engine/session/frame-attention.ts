import { createBackbone } from '../model/backbone.ts';
import type { Backbone, Model } from '../model/types.ts';
import type { SessionOptions } from '../onnx/types.ts';
import type { Precision } from '../settings/run.ts';
import { pixelsOf } from '../video/preprocess.ts';
import type { Clip } from '../video/types.ts';
import { patchMaps } from './pipeline.ts';

/** DINO's own attention maps A (Fig. 1b): the last block's, within one frame. */
export interface FrameAttention {
  /** Where a token of a clip frame attends within that frame: head mean over the patches, [rows · columns]. */
  mapOf(frame: number, token: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Opens the backbone for maps with the first query, and keeps the maps of the last frame. One call
 * at a time. `mapOf` throws what sessions and decoding throw.
 */
export function createFrameAttention(
  clip: Clip,
  model: Model,
  { height, width }: { height: number; width: number },
  on: SessionOptions & { precision: Precision },
): FrameAttention {
  let backbone: Backbone | null = null;
  let kept: { frame: number; maps: Float32Array } | null = null;

  async function mapsOf(frame: number): Promise<Float32Array> {
    if (kept?.frame === frame) return kept.maps;
    backbone ??= await createBackbone(model, { ...on, height, width, batch: 1, outputs: ['attention'] });
    const pixels = new Float32Array(3 * height * width);
    for await (const decoded of clip.frames([frame])) {
      try {
        pixelsOf(decoded, height, width, model.entry.normalisation, pixels, 0);
      } finally {
        decoded.close();
      }
    }
    const { attention } = await backbone.run(pixels, 1);
    const n = backbone.rows * backbone.columns;
    const maps = patchMaps(attention!, 1, model.architecture.heads, n);
    kept = { frame, maps };
    return maps;
  }

  return {
    async mapOf(frame, token) {
      const maps = await mapsOf(frame);
      const n = backbone!.rows * backbone!.columns;
      return maps.slice(token * n, (token + 1) * n);
    },
    async release() {
      await backbone?.release();
      backbone = null;
      kept = null;
    },
  };
}
