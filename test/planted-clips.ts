import { createRandom, mixSeeds } from '../src/lib/random.ts';
import type { FeatureSource } from '../src/train/features.ts';

/**
 * Features of clips in which two things of their own kind move over a background, with noise on every
 * token. Small enough for any test, and with something in them to be trained.
 */
export function plantedSource(
  clips: number,
  { rows = 5, columns = 6, dim = 12, noise = 0.5, seed = 1 } = {},
): FeatureSource {
  const kinds = createRandom(seed);
  const prototypes = Array.from({ length: 3 }, () =>
    Float32Array.from({ length: dim }, () => kinds.normal()),
  );
  return {
    dim,
    heads: 3,
    clips: Array.from({ length: clips }, (_, i) => ({ name: `scene ${i}`, frames: 20 })),
    async read({ clip, indices, augmentation }) {
      const random = createRandom(mixSeeds(seed, clip, ...indices, augmentation.flip ? 1 : 0));
      const keys = new Float32Array(indices.length * rows * columns * dim);
      indices.forEach((index, frame) => {
        for (let token = 0; token < rows * columns; token++) {
          const prototype = prototypes[kindAt(Math.floor(token / columns), token % columns, index + clip)]!;
          const at = (frame * rows * columns + token) * dim;
          for (let c = 0; c < dim; c++) keys[at + c] = prototype[c]! + noise * random.normal();
        }
      });
      return { frames: indices.length, rows, columns, keys };
    },
  };

  /** 1: a square that goes right; 2: a bar at the bottom that goes left; 0: background. */
  function kindAt(row: number, column: number, time: number): number {
    const square = Math.floor(time / 4) % columns;
    if (row >= 1 && row <= 2 && (column === square || column === (square + 1) % columns)) return 1;
    const bar = columns - 1 - (Math.floor(time / 5) % columns);
    return row === rows - 1 && column !== bar ? 2 : 0;
  }
}
