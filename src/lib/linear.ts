/** For every pixel of an axis: the two centres around it and the weight of the second. */
export interface LinearWeights {
  before: Int32Array;
  after: Int32Array;
  weight: Float32Array;
}

/** Weights of linear interpolation between `centres` centres, at the middle of each of `pixels` pixels of the same axis. */
export function linearWeights(pixels: number, centres: number): LinearWeights {
  const before = new Int32Array(pixels);
  const after = new Int32Array(pixels);
  const weight = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = ((i + 0.5) * centres) / pixels - 0.5;
    const low = Math.floor(at);
    before[i] = Math.max(0, low);
    after[i] = Math.min(centres - 1, low + 1);
    weight[i] = at - low;
  }
  return { before, after, weight };
}
