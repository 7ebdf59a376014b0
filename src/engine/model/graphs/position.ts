/** PyTorch's cubic convolution kernel has this slope at 1. */
const A = -0.75;

/** Weights of the four taps around a point that lies `t` ∈ [0, 1) past the second. */
function cubic(t: number): [number, number, number, number] {
  const near = (x: number) => ((A + 2) * x - (A + 3)) * x * x + 1;
  const far = (x: number) => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

interface Tap {
  index: number;
  weight: number;
}

/** For each of `to` output places the four input places it is mixed from; places past the edge repeat the edge. */
function taps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, place) => {
    const source = ((place + 0.5) * from) / to - 0.5;
    const base = Math.floor(source);
    return cubic(source - base).map((weight, i) => ({
      index: Math.min(Math.max(base - 1 + i, 0), from - 1),
      weight,
    }));
  });
}

/**
 * Learned position embeddings [rows·columns, dim] raised to another grid, as
 * `torch.nn.functional.interpolate(mode='bicubic', align_corners=False)` does.
 */
export function resizePositions(
  positions: Float32Array,
  dim: number,
  from: readonly [number, number],
  to: readonly [number, number],
): Float32Array {
  if (from[0] === to[0] && from[1] === to[1]) return positions;
  const resized = new Float32Array(to[0] * to[1] * dim);
  const rowTaps = taps(from[0], to[0]);
  const columnTaps = taps(from[1], to[1]);
  rowTaps.forEach((rows, y) => {
    columnTaps.forEach((columns, x) => {
      const at = (y * to[1] + x) * dim;
      for (const row of rows) {
        for (const column of columns) {
          const weight = row.weight * column.weight;
          const source = (row.index * from[1] + column.index) * dim;
          for (let c = 0; c < dim; c++) resized[at + c]! += weight * positions[source + c]!;
        }
      }
    });
  });
  return resized;
}
