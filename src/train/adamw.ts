import type { Weights } from '../engine/weights/types.ts';

/** Decoupled weight decay (Loshchilov and Hutter), on the host: weights change in place, and all state is plain data. */
export interface AdamWState {
  /** Updates done. */
  steps: number;
  /** Running means of gradients and of their squares, by parameter. */
  first: Map<string, Float32Array>;
  second: Map<string, Float32Array>;
}

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

export function createAdamW(weights: Weights): AdamWState {
  const zeros = () => new Map([...weights].map(([name, { data }]) => [name, new Float32Array(data.length)]));
  return { steps: 0, first: zeros(), second: zeros() };
}

/** Vectors (norms, biases) are not decayed, nor are position embeddings: zero means nothing to them. */
function decays(name: string, shape: readonly number[]): boolean {
  return shape.length > 1 && !name.startsWith('temporal');
}

/** One update of `weights` and `state`, in place. */
export function updateAdamW(
  weights: Weights,
  gradients: ReadonlyMap<string, Float32Array>,
  state: AdamWState,
  learningRate: number,
  weightDecay: number,
): void {
  state.steps++;
  const firstScale = 1 / (1 - FIRST_DECAY ** state.steps);
  const secondScale = 1 / (1 - SECOND_DECAY ** state.steps);
  for (const [name, { shape, data }] of weights) {
    const gradient = gradients.get(name)!;
    const first = state.first.get(name)!;
    const second = state.second.get(name)!;
    const keep = 1 - (decays(name, shape) ? learningRate * weightDecay : 0);
    for (let i = 0; i < data.length; i++) {
      const g = gradient[i]!;
      first[i] = FIRST_DECAY * first[i]! + (1 - FIRST_DECAY) * g;
      second[i] = SECOND_DECAY * second[i]! + (1 - SECOND_DECAY) * g * g;
      const move = (first[i]! * firstScale) / (Math.sqrt(second[i]! * secondScale) + EPSILON);
      data[i] = data[i]! * keep - learningRate * move;
    }
  }
}

/** Linear warm-up from 0, then half a cosine from `peak` down to `final`. `iteration` counts from 0. */
export function learningRateAt(
  iteration: number,
  { iterations, warmup, learningRate: peak, finalLearningRate: final }: Schedule,
): number {
  if (iteration < warmup) return (peak * (iteration + 1)) / warmup;
  const share = (iteration - warmup) / Math.max(1, iterations - warmup);
  return final + 0.5 * (peak - final) * (1 + Math.cos(Math.PI * Math.min(1, share)));
}

interface Schedule {
  iterations: number;
  warmup: number;
  learningRate: number;
  finalLearningRate: number;
}
