import type { AttentionInput, Grid } from '../../src/engine/backend/types.ts';
import { keyFrames } from '../../src/engine/tokens/keyframes.ts';
import { createRandom } from '../../src/synth/random.ts';

export interface DriftShape {
  grid: Grid;
  heads: number;
  channels: number;
  ratio: number;
}

/** Regions of the picture: a grid of 3 × 3 whose borders sway. */
const SIDE = 3;
/** Spread of the regions' features, of what a token adds, and of how far a feature drifts with time. */
const [OWN, NOISE, DRIFT] = [1.6, 0.35, 0.2];

/**
 * q = k of a clip that is never held: every region has a feature that drifts from frame to frame, and every token adds
 * noise of its own. Frames are made when they are asked for, always the same.
 */
export function driftingClip({ grid, heads, channels, ratio }: DriftShape): AttentionInput {
  const dim = heads * channels;
  const n = grid.rows * grid.columns;
  const regions = Array.from({ length: SIDE * SIDE }, (_, region) => {
    const next = normals(region + 1);
    const start = Float32Array.from({ length: dim }, () => OWN * next());
    const drift = Float32Array.from({ length: dim }, () => DRIFT * next());
    return { start, drift };
  });
  const write = (frame: number, out: Float32Array) => {
    const next = normals(1000 + frame);
    for (let token = 0; token < n; token++) {
      const { start, drift } = regions[regionAt(grid, frame, token)]!;
      const drifted = Math.sin(frame / 10);
      for (let c = 0; c < dim; c++) out[token * dim + c] = start[c]! + drifted * drift[c]! + NOISE * next();
    }
  };
  return {
    grid,
    heads,
    channels,
    keyFrames: keyFrames(grid.frames, ratio),
    temperature: Array.from({ length: heads }, () => 1),
    async read(_, first, count) {
      const values = new Float32Array(count * n * dim);
      for (let i = 0; i < count; i++) write(first + i, values.subarray(i * n * dim, (i + 1) * n * dim));
      return values;
    },
  };
}

function regionAt({ rows, columns }: Grid, frame: number, token: number): number {
  const y = (Math.floor(token / columns) + 0.5) / rows + 0.05 * Math.sin(frame / 7);
  const x = ((token % columns) + 0.5) / columns + 0.05 * Math.cos(frame / 9);
  const cell = (share: number) => Math.min(SIDE - 1, Math.max(0, Math.floor(SIDE * share)));
  return SIDE * cell(y) + cell(x);
}

/** Nearly normal deviates. */
function normals(seed: number): () => number {
  const { between } = createRandom(seed);
  return () => between(-1, 1) + between(-1, 1) + between(-1, 1);
}
