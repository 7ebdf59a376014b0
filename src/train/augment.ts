import { LUMA } from '../engine/video/feed.ts';
import type { Random } from '../lib/random.ts';
import type { Recipe } from './recipe.ts';

/** An RGB picture as planes in 0..1: [3, height, width]. */
export interface Picture {
  width: number;
  height: number;
  planes: Float32Array;
}

/** What is done to every frame of one training clip, so that what moves between its frames is what moved in the clip. */
export interface Augmentation {
  /** The part that is kept, as shares of width and height. */
  crop: { x: number; y: number; width: number; height: number };
  flip: boolean;
  /** Factors; 1 changes nothing. */
  brightness: number;
  contrast: number;
  saturation: number;
}

/** The whole frame as it is: for validation. */
export const UNCHANGED: Augmentation = {
  crop: { x: 0, y: 0, width: 1, height: 1 },
  flip: false,
  brightness: 1,
  contrast: 1,
  saturation: 1,
};

/** Both sides of the crop are drawn apart, so its shape varies too. */
export function drawAugmentation(
  random: Random,
  { cropScale, colourJitter, flip }: Pick<Recipe, 'cropScale' | 'colourJitter' | 'flip'>,
): Augmentation {
  const least = Math.sqrt(cropScale);
  const width = least + (1 - least) * random.next();
  const height = least + (1 - least) * random.next();
  const factor = () => 1 + colourJitter * (2 * random.next() - 1);
  return {
    crop: { x: (1 - width) * random.next(), y: (1 - height) * random.next(), width, height },
    flip: flip && random.next() < 0.5,
    brightness: factor(),
    contrast: factor(),
    saturation: factor(),
  };
}

/** The picture cropped, flipped and recoloured, at width × height. */
export function augment(
  picture: Picture,
  augmentation: Augmentation,
  width: number,
  height: number,
): Picture {
  return recolour(resample(picture, augmentation, width, height), augmentation);
}

/** Taps of one output pixel along one axis: a triangle as wide as the reduction asks for, so that nothing aliases. */
function taps(size: number, start: number, extent: number, out: number, at: number) {
  const scale = (extent * size) / out;
  const centre = start * size + (at + 0.5) * scale;
  const reach = Math.max(1, scale);
  const first = Math.max(0, Math.ceil(centre - reach - 0.5));
  const last = Math.min(size - 1, Math.floor(centre + reach - 0.5));
  const weights: number[] = [];
  for (let i = first; i <= last; i++) weights.push(Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { first, weights: weights.map((weight) => weight / sum) };
}

function resample(
  { width, height, planes }: Picture,
  { crop, flip }: Augmentation,
  outWidth: number,
  outHeight: number,
): Picture {
  const across = Array.from({ length: outWidth }, (_, x) =>
    taps(width, crop.x, crop.width, outWidth, flip ? outWidth - 1 - x : x),
  );
  const down = Array.from({ length: outHeight }, (_, y) => taps(height, crop.y, crop.height, outHeight, y));
  const narrow = new Float32Array(3 * height * outWidth);
  for (let row = 0; row < 3 * height; row++) {
    across.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * planes[row * width + first + i]!;
      narrow[row * outWidth + x] = sum;
    });
  }
  const result = new Float32Array(3 * outHeight * outWidth);
  for (let plane = 0; plane < 3; plane++) {
    down.forEach(({ first, weights }, y) => {
      const to = (plane * outHeight + y) * outWidth;
      weights.forEach((weight, i) => {
        const from = (plane * height + first + i) * outWidth;
        for (let x = 0; x < outWidth; x++) result[to + x]! += weight * narrow[from + x]!;
      });
    });
  }
  return { width: outWidth, height: outHeight, planes: result };
}

/** Brightness, then contrast about the mean grey, then saturation; clipped to 0..1. */
function recolour(picture: Picture, { brightness, contrast, saturation }: Augmentation): Picture {
  if (brightness === 1 && contrast === 1 && saturation === 1) return picture;
  const { planes, width, height } = picture;
  const size = width * height;
  const grey = (at: number) =>
    LUMA[0] * planes[at]! + LUMA[1] * planes[size + at]! + LUMA[2] * planes[2 * size + at]!;
  let mean = 0;
  for (let at = 0; at < size; at++) mean += grey(at) / size;
  const recoloured = new Float32Array(planes.length);
  for (let at = 0; at < size; at++) {
    const luma = grey(at);
    for (let plane = 0; plane < 3; plane++) {
      const saturated = luma + saturation * (planes[plane * size + at]! - luma);
      const value = brightness * (mean + contrast * (saturated - mean));
      recoloured[plane * size + at] = Math.min(1, Math.max(0, value));
    }
  }
  return { ...picture, planes: recoloured };
}
