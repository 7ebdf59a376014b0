import { createSession } from '../onnx/session.ts';
import type { SessionOptions } from '../onnx/types.ts';
import type { Precision } from '../settings/run.ts';
import { failure } from './errors.ts';
import type { BackboneOutput } from './graphs/backbone.ts';
import { prefixTokens } from './graphs/backbone.ts';
import { writtenBackbone } from './graphs/written.ts';
import type { Backbone, Model } from './types.ts';

export interface BackboneOptions extends SessionOptions {
  /** Pixels; multiples of the patch (see `roundSize`). */
  height: number;
  width: number;
  /** Frames of a run. */
  batch: number;
  outputs: readonly BackboneOutput[];
  precision?: Precision;
}

/** Values of one frame in each output. */
function frameSizes(model: Model, rows: number, columns: number): Record<BackboneOutput, number> {
  const { dim, heads } = model.architecture;
  const values = rows * columns * dim;
  const tokens = prefixTokens(model.architecture) + rows * columns;
  return { k: values, normed: values, attention: heads * tokens * tokens };
}

/**
 * Writes the model's graph for one size, unless it is kept from before, and readies it.
 * @throws `run/bad-setting` for a size that is no multiple of the patch, `model/session-failed`
 */
export async function createBackbone(model: Model, options: BackboneOptions): Promise<Backbone> {
  const { height, width, batch, outputs, precision = 'float32', ...where } = options;
  const { patch } = model.architecture;
  for (const [name, value] of Object.entries({ height, width })) {
    if (value < patch || value % patch !== 0)
      throw failure('run/bad-setting', { name, value: String(value), wants: `a multiple of ${patch}` });
  }
  const rows = height / patch;
  const columns = width / patch;
  const sizes = frameSizes(model, rows, columns);
  const graph = writtenBackbone(model.architecture, model.weights, {
    height,
    width,
    batch,
    outputs,
    precision,
  });
  const session = await createSession(graph, where);
  const shape = [batch, 3, height, width];
  const frameValues = 3 * height * width;

  return {
    rows,
    columns,
    batch,
    async run(pixels, frames) {
      // The graph's shape is static: a last, smaller batch is filled up with black.
      let data = pixels.subarray(0, frames * frameValues);
      if (frames < batch) {
        data = new Float32Array(batch * frameValues);
        data.set(pixels.subarray(0, frames * frameValues));
      }
      const results = await session.run({ pixels: { data, shape } });
      return Object.fromEntries(
        outputs.map((output) => [output, results[output]!.subarray(0, frames * sizes[output])]),
      );
    },
    release: () => session.release(),
  };
}
