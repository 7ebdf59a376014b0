import { describe, expect, test } from 'vitest';
import { createRandom } from '../lib/random.ts';
import { augment, drawAugmentation, type Picture, UNCHANGED } from './augment.ts';

/** Red grows to the right, green downwards, blue is the same everywhere. */
function ramps(width: number, height: number): Picture {
  const planes = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      planes[at] = (x + 0.5) / width;
      planes[width * height + at] = (y + 0.5) / height;
      planes[2 * width * height + at] = 0.5;
    }
  }
  return { width, height, planes };
}

const size = (picture: Picture) => picture.width * picture.height;
const red = ({ planes, width }: Picture, x: number, y: number) => planes[y * width + x]!;
const green = (picture: Picture, x: number, y: number) =>
  picture.planes[size(picture) + y * picture.width + x]!;

describe('augment', () => {
  test('unchanged at its own size is the picture itself', () => {
    const picture = ramps(12, 7);
    expect(augment(picture, UNCHANGED, 12, 7).planes).toEqual(picture.planes);
  });

  test('halving keeps ramps and averages', () => {
    const half = augment(ramps(24, 16), UNCHANGED, 12, 8);
    expect(red(half, 5, 3)).toBeCloseTo(5.5 / 12, 5);
    expect(green(half, 5, 3)).toBeCloseTo(3.5 / 8, 5);
  });

  test('crops the part that is asked for', () => {
    const crop = { x: 0.25, y: 0.5, width: 0.5, height: 0.25 };
    const part = augment(ramps(64, 64), { ...UNCHANGED, crop }, 16, 8);
    expect(red(part, 0, 0)).toBeCloseTo(0.25 + 0.5 / 32, 4);
    expect(red(part, 15, 7)).toBeCloseTo(0.75 - 0.5 / 32, 4);
    expect(green(part, 8, 0)).toBeCloseTo(0.5 + 0.25 / 16, 4);
  });

  test('flips left and right', () => {
    const picture = ramps(10, 4);
    const flipped = augment(picture, { ...UNCHANGED, flip: true }, 10, 4);
    expect(red(flipped, 0, 2)).toBeCloseTo(red(picture, 9, 2), 6);
    expect(green(flipped, 3, 1)).toBeCloseTo(green(picture, 3, 1), 6);
  });

  test('without saturation every pixel is grey, and brightness clips at white', () => {
    const grey = augment(ramps(8, 8), { ...UNCHANGED, saturation: 0 }, 8, 8);
    expect(red(grey, 6, 2)).toBeCloseTo(green(grey, 6, 2), 6);
    const white = augment(ramps(8, 8), { ...UNCHANGED, brightness: 40 }, 8, 8);
    expect(Math.max(...white.planes)).toBe(1);
  });
});

test('drawn crops lie within the frame, and one seed draws one augmentation', () => {
  const recipe = { cropScale: 0.3, colourJitter: 0.4, flip: true };
  const random = createRandom(5);
  for (let i = 0; i < 200; i++) {
    const { crop, brightness } = drawAugmentation(random, recipe);
    expect(Math.min(crop.x, crop.y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(crop.x + crop.width, crop.y + crop.height)).toBeLessThanOrEqual(1 + 1e-12);
    expect(crop.width * crop.height).toBeGreaterThanOrEqual(0.3 - 1e-12);
    expect(Math.abs(brightness - 1)).toBeLessThanOrEqual(0.4);
  }
  expect(drawAugmentation(createRandom(9), recipe)).toEqual(drawAugmentation(createRandom(9), recipe));
});
