import { describe, expect, test } from 'vitest';
import { flowGolden, residualFlow, uniformFlow } from '../../../test/flow.ts';
import { createRandom } from '../../lib/random.ts';
import type { Flow } from './flow.ts';
import { cameraMotion, type Homography } from './homography.ts';

const [width, height] = [160, 96];

/** The flow of a camera, with what `own` adds. */
function flowOf(
  [a, b, c, d, e, f, g, h, i]: Homography,
  own: (x: number, y: number) => [number, number],
): Flow {
  const xy = new Float32Array(2 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 2) {
      const scale = g * x + h * y + i;
      const [u, v] = own(x, y);
      xy[at] = (a * x + b * y + c) / scale - x + u;
      xy[at + 1] = (d * x + e * y + f) / scale - y + v;
    }
  }
  return { width, height, xy };
}

/** Zoom, turn, shift and perspective. */
const CAMERA: Homography = [1.02, 0.01, 3, -0.012, 1.01, -2, 1e-5, -2e-5, 1];
const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const farthest = (residual: Float32Array) => Math.max(...residual.map(Math.abs));

describe('the camera', () => {
  test('is found beside things that move by themselves, and what is left is theirs', () => {
    const random = createRandom(5);
    const flow = flowOf(CAMERA, (x, y) => {
      if (x > 90 && y > 30) return [6, 4];
      return [0.2 * random.normal(), 0.2 * random.normal()];
    });
    const { homography, inliers } = cameraMotion(flow);
    expect(inliers).toBeGreaterThan(0.65);
    expect(inliers).toBeLessThan(0.75);
    const left = residualFlow(flow, homography);
    expect(left[2 * (60 * width + 120)]).toBeCloseTo(6, 0);
    expect(left[2 * (60 * width + 120) + 1]).toBeCloseTo(4, 0);
    // On average: the noise has no direction.
    const mean = (from: number) => {
      let sum = 0;
      for (let y = 0; y < height; y++) for (let x = 0; x < 80; x++) sum += left[2 * (y * width + x) + from]!;
      return Math.abs(sum / (80 * height));
    };
    expect(mean(0)).toBeLessThan(0.05);
    expect(mean(1)).toBeLessThan(0.05);
  });

  test('is exact where all agree, and the same each time', () => {
    const flow = flowOf(CAMERA, () => [0, 0]);
    const found = cameraMotion(flow);
    expect(found.inliers).toBe(1);
    expect(farthest(residualFlow(flow, found.homography))).toBeLessThan(1e-3);
    expect(cameraMotion(flow)).toEqual(found);
  });

  test('stands still in a flow of nothing, and shifts in one that is the same everywhere', () => {
    for (const motion of [[0, 0] as const, [-7.5, 3] as const]) {
      const flow = uniformFlow(width, height, motion);
      const { homography, inliers } = cameraMotion(flow);
      expect(inliers).toBe(1);
      expect(farthest(residualFlow(flow, homography))).toBeLessThan(1e-3);
    }
  });

  test('is the median shift of a frame of a few pixels, and of a flow in which nothing agrees', () => {
    const small = uniformFlow(16, 8, [2, -1]);
    expect(cameraMotion(small)).toEqual({ homography: [1, 0, 2, 0, 1, -1, 0, 0, 1], inliers: 1 });
    const random = createRandom(3);
    const wild: Flow = {
      width: 32,
      height: 24,
      xy: Float32Array.from({ length: 2 * 32 * 24 }, () => 1e4 * random.normal()),
    };
    const { homography, inliers } = cameraMotion(wild);
    expect(homography.every(Number.isFinite)).toBe(true);
    expect([...homography.slice(0, 2), ...homography.slice(6)]).toEqual([1, 0, 0, 0, 1]);
    expect(inliers).toBeLessThan(0.5);
  });

  test('is not misled by flow that is no number, and stays where there is no other', () => {
    const flow = flowOf(CAMERA, (x) => (x < 40 ? [Number.NaN, 0] : [0, 0]));
    expect(cameraMotion(flow).inliers).toBe(1);
    expect(cameraMotion(uniformFlow(64, 64, [Number.NaN, 0]))).toEqual({ homography: IDENTITY, inliers: 0 });
  });

  test("leaves of OpenCV's flow what OpenCV's homography leaves", async () => {
    const { width, height, others } = await flowGolden();
    for (const { flow, residual } of others) {
      const left = residualFlow(flow, cameraMotion(flow).homography);
      let sum = 0;
      for (let y = 0; y < height; y += 4) {
        for (let x = 0; x < width; x += 4) {
          const at = 2 * ((y / 4) * (width / 4) + x / 4);
          const off = [0, 1].map((axis) => {
            let mean = 0;
            for (let i = 0; i < 16; i++)
              mean += left[2 * ((y + (i >> 2)) * width + x + (i & 3)) + axis]! / 16;
            return mean - residual[at + axis]!;
          });
          sum += Math.hypot(...off);
        }
      }
      // The flow is kept in 16 bits, and another sample may bring in other inliers.
      expect(sum / ((width * height) / 16)).toBeLessThan(0.05);
    }
  });
});
