import { failure } from './errors.ts';
import type { Misfit } from './faults.ts';
import { readWeightFile } from './read.ts';
import type { Weights } from './types.ts';

/** Channels of the motion net's input (motion/features.ts). */
export const MOTION_INPUT = 22;
/** Channels that the double convolutions of its encoder give, from the fine level to the coarse. */
const WIDTHS = [24, 40, 64, 96] as const;
export const MOTION_LEVELS = WIDTHS.length;
/** Sides are halved at every level but the first, so they have to be multiples of this. */
export const MOTION_STEP = 2 ** (MOTION_LEVELS - 1);

/** Shape of every tensor of the motion net, by its name. */
function motionShapes(): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const layer = (name: string, shape: readonly [number, ...number[]]) =>
    shapes.set(`${name}.weight`, shape).set(`${name}.bias`, [shape[0]]);
  const double = (name: string, from: number, to: number) => {
    layer(`${name}.conv1`, [to, from, 3, 3]);
    layer(`${name}.conv2`, [to, to, 3, 3]);
  };
  let finer = MOTION_INPUT;
  for (const [level, width] of WIDTHS.entries()) {
    double(`encoder.${level}`, finer, width);
    // Its twin on the way up has the coarser level's channels and this one's.
    if (level > 0) double(`decoder.${level - 1}`, width + finer, finer);
    finer = width;
  }
  layer('global', [finer, finer]);
  layer('head', [1, WIDTHS[0], 1, 1]);
  return shapes;
}

/**
 * Reads the motion net's weights.
 * @throws `weights/not-motion` where a tensor is missing or of another shape, and what `readWeightFile` throws
 */
export function readMotionWeights(bytes: Uint8Array): Weights {
  const { tensors } = readWeightFile(bytes);
  const problems = [...motionShapes()].flatMap(([name, shape]): Misfit[] => {
    const tensor = tensors.get(name);
    if (!tensor) return [{ code: 'missing', params: { name } }];
    if (tensor.shape.join() === shape.join()) return [];
    return [{ code: 'shape', params: { name, is: tensor.shape, wants: shape } }];
  });
  if (problems.length > 0) throw failure('weights/not-motion', { problems });
  return tensors;
}
