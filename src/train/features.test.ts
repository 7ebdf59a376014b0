import { describe, expect, test } from 'vitest';
import { createRandom } from '../lib/random.ts';
import { UNCHANGED } from './augment.ts';
import {
  createFeatureSource,
  drawFrames,
  type KeySource,
  longEnough,
  type PictureSource,
  trainingSample,
  validationSample,
} from './features.ts';
import { RECIPES } from './recipe.ts';

const recipe = { ...RECIPES.paper, height: 16, width: 32 };

describe('frames of a training clip', () => {
  test.each([3, 4, 9, 12, 200])('lie within a clip of %i frames, ascending', (count) => {
    const random = createRandom(count);
    for (let i = 0; i < 100; i++) {
      const frames = drawFrames(count, recipe, random);
      expect(frames).toHaveLength(3);
      expect(frames.every((frame, at) => frame >= 0 && frame < count && frame > (frames[at - 1] ?? -1))).toBe(
        true,
      );
    }
  });

  test('are a stride apart, give or take its jitter', () => {
    const random = createRandom(1);
    const steps = Array.from({ length: 200 }, () => drawFrames(100, recipe, random)).flatMap(([a, b, c]) => [
      b! - a!,
      c! - b!,
    ]);
    expect(new Set(steps)).toEqual(new Set([3, 4, 5]));
  });
});

test('validation looks at the middle of a clip', () => {
  expect(validationSample([{ name: '', frames: 21 }], 0, recipe).indices).toEqual([6, 10, 14]);
  expect(validationSample([{ name: '', frames: 3 }], 0, recipe).indices).toEqual([0, 1, 2]);
});

test('clips with fewer than T frames are left out', () => {
  const clips = [2, 3, 40].map((frames) => ({ name: '', frames }));
  expect(longEnough(clips, recipe)).toEqual([1, 2]);
});

test('a sample is the same whenever it is drawn, and another for another seed', () => {
  const clips = [{ name: '', frames: 50 }];
  expect(trainingSample(clips, 0, 3, recipe)).toEqual(trainingSample(clips, 0, 3, recipe));
  expect(trainingSample(clips, 0, 3, recipe)).not.toEqual(
    trainingSample(clips, 0, 3, { ...recipe, seed: 1 }),
  );
});

test('the backbone runs once for each sample that the budget holds', async () => {
  let runs = 0;
  const pictures: PictureSource = {
    clips: [{ name: 'grey', frames: 9 }],
    frames: async (_, indices) =>
      indices.map((index) => ({ width: 8, height: 8, planes: new Float32Array(3 * 64).fill(index / 10) })),
  };
  const backbone: KeySource = {
    patch: 8,
    dim: 2,
    heads: 1,
    keys: async (frames) => {
      runs++;
      return Float32Array.from(
        { length: frames.length * 8 * 2 },
        (_, at) => frames[Math.floor(at / 16)]!.planes[0]!,
      );
    },
  };
  const bytes = 3 * 8 * 2 * 2;
  const source = createFeatureSource(pictures, backbone, recipe, 2 * bytes);
  const read = (first: number) =>
    source.read({ clip: 0, indices: [first, first + 1, first + 2], augmentation: UNCHANGED });
  const clip = await read(0);
  expect(clip).toMatchObject({ frames: 3, rows: 2, columns: 4 });
  expect(clip.keys[16]).toBeCloseTo(0.1, 3);
  expect((await read(0)).keys).toEqual(clip.keys);
  expect(runs).toBe(1);
  await read(1);
  await read(0);
  await read(2); // Drops 1, the one not used for longest.
  await read(0);
  expect(runs).toBe(3);
  await read(1);
  expect(runs).toBe(4);
});
