/** Solid textures: a colour for every point, so that they need no unfolding. */
import type { Random } from './random.ts';
import { add, mix, scale, type Vector } from './vector.ts';

export type Pattern = 'noise' | 'marble' | 'checker' | 'stripes' | 'dots';

const PATTERNS: readonly Pattern[] = ['noise', 'marble', 'checker', 'stripes', 'dots'];

/** Plain data: what a surface looks like. */
export interface Texture {
  pattern: Pattern;
  /** Linear RGB, 0 to 1. */
  colours: readonly [Vector, Vector];
  /** Features a unit of length. */
  frequency: number;
  /** Shifts the pattern, so that no two are alike. */
  offset: Vector;
}

/** A texture of two colours that differ enough to be seen, with about `features` of them over `extent`. */
export function randomTexture(random: Random, extent: number, features: [number, number]): Texture {
  const hue = random.between(0, 1);
  const first = colour(hue, random.between(0.35, 0.9), random.between(0.35, 0.95));
  const near = random.pick([true, true, false]);
  const second = near
    ? scale(first, random.between(0.3, 0.6))
    : colour(hue + random.between(0.2, 0.8), random.between(0.3, 0.9), random.between(0.3, 0.95));
  return {
    pattern: random.pick(PATTERNS),
    colours: [first, second],
    frequency: random.between(...features) / extent,
    offset: [random.between(0, 100), random.between(0, 100), random.between(0, 100)],
  };
}

/** The colour of a point. */
export function sampleTexture({ pattern, colours, frequency, offset }: Texture, point: Vector): Vector {
  const [x, y, z] = add(scale(point, frequency), offset);
  const grain = 0.85 + 0.3 * noise(x * 5.3, y * 5.3, z * 5.3);
  return scale(mix(colours[0], colours[1], share(pattern, x, y, z)), grain);
}

/** How much of the second colour there is at a point, 0 to 1. */
function share(pattern: Pattern, x: number, y: number, z: number): number {
  switch (pattern) {
    case 'noise':
      return step(noise(x, y, z) * 0.65 + noise(2.1 * x, 2.1 * y, 2.1 * z) * 0.35, 0.35, 0.65);
    case 'marble':
      return 0.5 + 0.5 * Math.sin(3 * (x + z) + 6 * noise(x, y, z));
    case 'checker':
      return (Math.floor(x) + Math.floor(y) + Math.floor(z)) & 1;
    case 'stripes':
      return step(Math.abs(((x + 0.4 * y) % 1) - 0.5), 0.22, 0.28);
    case 'dots': {
      const [fx, fy, fz] = [x - Math.floor(x) - 0.5, y - Math.floor(y) - 0.5, z - Math.floor(z) - 0.5];
      return 1 - step(fx * fx + fy * fy + fz * fz, 0.12, 0.16);
    }
  }
}

/** 0 below `low`, 1 above `high`, smooth between. */
function step(value: number, low: number, high: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** Value noise, 0 to 1: random numbers at whole points, blended smoothly. */
function noise(x: number, y: number, z: number): number {
  const [ix, iy, iz] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [u, v, w] = [ease(x - ix), ease(y - iy), ease(z - iz)];
  const near = along(
    along(hash(ix, iy, iz), hash(ix + 1, iy, iz), u),
    along(hash(ix, iy + 1, iz), hash(ix + 1, iy + 1, iz), u),
    v,
  );
  const far = along(
    along(hash(ix, iy, iz + 1), hash(ix + 1, iy, iz + 1), u),
    along(hash(ix, iy + 1, iz + 1), hash(ix + 1, iy + 1, iz + 1), u),
    v,
  );
  return along(near, far, w);
}

function along(a: number, b: number, t: number): number {
  return a + t * (b - a);
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x27d4eb2f) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x5bd1e995);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** Linear RGB of hue, saturation and value. */
export function colour(hue: number, saturation: number, value: number): Vector {
  const channel = (shift: number) => {
    const k = (((hue + shift) % 1) + 1) % 1;
    const ramp = Math.min(1, Math.max(0, Math.abs(k * 6 - 3) - 1));
    return (value * (1 - saturation + saturation * ramp)) ** 2.2;
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}
