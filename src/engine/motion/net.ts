import type { Cells } from '../../lib/size.ts';
import { motionGraph } from '../model/graphs/motion.ts';
import { createSession } from '../onnx/session.ts';
import type { SessionOptions } from '../onnx/types.ts';
import { MOTION_INPUT, MOTION_STEP } from '../weights/motion.ts';
import type { Weights } from '../weights/types.ts';

export interface MotionNetOptions extends SessionOptions {
  /** Cells of a frame, any number. */
  rows: number;
  columns: number;
  /** Frames of a run. */
  batch: number;
}

export interface MotionNet {
  /**
   * @param features [frames, 22, rows, columns]
   * @param frames at most `batch`
   * @returns logits that something moves by itself, [frames, rows, columns]
   * @throws `model/run-failed`
   */
  run(features: Float32Array, frames: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Readies the motion net for frames of one size. Sides that the net cannot halve three times are filled up by
 * repeating the last row and column, and cut again behind the net.
 * @throws `model/session-failed`
 */
export async function createMotionNet(weights: Weights, options: MotionNetOptions): Promise<MotionNet> {
  const { rows, columns, batch, ...where } = options;
  const size = { rows: roundUp(rows), columns: roundUp(columns) };
  const session = await createSession(motionGraph(weights, { ...size, batch }), where);
  const shape = [batch, MOTION_INPUT, size.rows, size.columns];
  const planes = batch * MOTION_INPUT;
  const given = { rows, columns };

  return {
    async run(features, frames) {
      const data = resized(features, frames * MOTION_INPUT, given, size, planes);
      const { logits } = await session.run({ features: { data, shape } });
      return resized(logits!, frames, size, given, frames);
    },
    release: () => session.release(),
  };
}

const roundUp = (side: number) => Math.ceil(side / MOTION_STEP) * MOTION_STEP;

/** Planes on a larger grid, where the last row and column are repeated, or cut to a smaller one; `room` planes in all. */
function resized(values: Float32Array, planes: number, from: Cells, to: Cells, room: number): Float32Array {
  const cells = from.rows * from.columns;
  if (planes === room && to.rows === from.rows && to.columns === from.columns)
    return values.subarray(0, planes * cells);
  const out = new Float32Array(room * to.rows * to.columns);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < to.rows; y++) {
      const row = plane * cells + Math.min(y, from.rows - 1) * from.columns;
      for (let x = 0; x < to.columns; x++) out[at++] = values[row + Math.min(x, from.columns - 1)]!;
    }
  }
  return out;
}
