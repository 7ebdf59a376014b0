import { Graph, type OnnxModel, type Value } from '../../onnx/graph.ts';
import { MOTION_INPUT, MOTION_LEVELS } from '../../weights/motion.ts';
import type { Weights } from '../../weights/types.ts';

export interface MotionGraph {
  /** Cells; multiples of 8. */
  rows: number;
  columns: number;
  /** Frames of a run. */
  batch: number;
}

/**
 * Writes the motion net, a U-Net, for one size: input `features` [batch, 22, rows, columns], output `logits`
 * [batch, 1, rows, columns]. The weights have the names and shapes of `motionShapes`.
 */
export function motionGraph(weights: Weights, { rows, columns, batch }: MotionGraph): OnnxModel {
  const graph = new Graph('motion');
  const convolution = (x: Value, name: string, side: 1 | 3) => {
    const weight = weights.get(`${name}.weight`)!;
    const bias = weights.get(`${name}.bias`)!;
    const shape = [weight.shape[0]!, weight.shape[1]!, side, side];
    const border = (side - 1) / 2;
    return graph.node('Conv', [x, graph.floats(weight.data, shape), graph.floats(bias.data, bias.shape)], {
      kernel_shape: [side, side],
      pads: [border, border, border, border],
    });
  };
  const double = (x: Value, name: string) => {
    const first = graph.node('Relu', [convolution(x, `${name}.conv1`, 3)]);
    return graph.node('Relu', [convolution(first, `${name}.conv2`, 3)]);
  };

  const sides = graph.floats(Float32Array.of(1, 1, 2, 2), [4]);
  let x = graph.input('features', [batch, MOTION_INPUT, rows, columns]);
  const skipped: Value[] = [];
  for (let level = 0; level < MOTION_LEVELS; level++) {
    if (level > 0) x = graph.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    x = double(x, `encoder.${level}`);
    skipped.push(x);
  }
  // A linear map of the spatial mean, added to every cell: what the whole picture does.
  x = graph.node('Add', [x, convolution(graph.node('GlobalAveragePool', [x]), 'global', 1)]);
  for (let level = MOTION_LEVELS - 2; level >= 0; level--) {
    const larger = graph.node('Resize', [x, '', sides], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
    });
    x = double(graph.node('Concat', [larger, skipped[level]!], { axis: 1 }), `decoder.${level}`);
  }
  graph.output('logits', convolution(x, 'head', 1), [batch, 1, rows, columns]);
  return graph.model();
}
