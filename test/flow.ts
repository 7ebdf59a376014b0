import type { Flow } from '../src/engine/motion/flow.ts';
import type { Homography } from '../src/engine/motion/homography.ts';
import { floatsOf, readSafetensors } from '../src/engine/weights/safetensors.ts';

/** Made-up scene of 384 × 192 whose flow OpenCV found (test/fixtures/motion/flow.safetensors). */
export interface FlowGolden {
  width: number;
  height: number;
  /** Luma of the frame that motion is told from, 0…255. */
  luma: Float32Array;
  /** The frames 1 later, 1 earlier, 3 later and 3 earlier. */
  others: readonly {
    luma: Float32Array;
    flow: Flow;
    /** What a homography leaves of the flow, averaged over 4 × 4 pixels: [height / 4, width / 4, 2]. */
    residual: Float32Array;
  }[];
}

/** Where those frames lie among the five of the file, which are in the order of time. */
const OTHERS = [3, 1, 4, 0];
const MIDDLE = 2;

export async function flowGolden(): Promise<FlowGolden> {
  const { readFile } = await import('node:fs/promises');
  const file = await readFile(new URL('./fixtures/motion/flow.safetensors', import.meta.url));
  const { tensors } = readSafetensors(new Uint8Array(file));
  const [, height, width] = tensors.get('luma')!.shape as [number, number, number];
  const pixels = height * width;
  const frame = (at: number) => Float32Array.from(part(tensors.get('luma')!.data, at, pixels));
  const flows = floatsOf(tensors.get('flow')!)!;
  const residuals = floatsOf(tensors.get('residual_quarter')!)!;
  return {
    width,
    height,
    luma: frame(MIDDLE),
    others: OTHERS.map((other, at) => ({
      luma: frame(other),
      flow: { width, height, xy: Float32Array.from(part(flows, at, 2 * pixels)) },
      residual: part(residuals, at, pixels / 8),
    })),
  };
}

const part = <T extends Float32Array | Uint8Array>(all: T, at: number, length: number) =>
  all.subarray(at * length, (at + 1) * length) as T;

/** Luma of a smooth pattern whose every point is moved by `motion` (x and y, in pixels) from where it is at first. */
export function pattern(
  width: number,
  height: number,
  motion: readonly [number, number] = [0, 0],
): Float32Array {
  return Float32Array.from({ length: width * height }, (_, at) => {
    const x = (at % width) - motion[0];
    const y = Math.floor(at / width) - motion[1];
    return 128 + 60 * Math.sin(0.4 * x + Math.cos(0.3 * y)) + 50 * Math.cos(0.31 * y + 0.11 * x);
  });
}

/** Mean distance between two flows in pixels, over the pixels where `where` is 1, or all. */
export function endPointError(a: Flow, b: Flow, where?: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let pixel = 0; pixel < a.width * a.height; pixel++) {
    if (where && where[pixel] !== 1) continue;
    sum += Math.hypot(a.xy[2 * pixel]! - b.xy[2 * pixel]!, a.xy[2 * pixel + 1]! - b.xy[2 * pixel + 1]!);
    count++;
  }
  return sum / count;
}

/** The same motion everywhere. */
export function uniformFlow(width: number, height: number, [u, v]: readonly [number, number]): Flow {
  return {
    width,
    height,
    xy: Float32Array.from({ length: 2 * width * height }, (_, i) => (i % 2 === 0 ? u : v)),
  };
}

/**
 * Two flows agree at a pixel where |f₊(p) + f₋(p + f₊(p))|² ≤ RELATIVE · (|f₊(p)|² + |f₋(p + f₊(p))|²) + ABSOLUTE, in
 * pixels² (Sundaram, Brox and Keutzer, “Dense point trajectories by GPU-accelerated large displacement optical flow”, 2010).
 */
const RELATIVE = 0.01;
const ABSOLUTE = 0.5;

/**
 * Where the flow to another frame and the flow back from there agree: 1, else 0; 0 also where the way leads out of the frame.
 * [height, width]
 */
export function agreement(there: Flow, back: Flow): Uint8Array<ArrayBuffer> {
  const { width, height, xy } = there;
  const agrees = new Uint8Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const [u, v] = [xy[2 * pixel]!, xy[2 * pixel + 1]!];
      const [toX, toY] = [x + u, y + v];
      if (!(toX >= 0 && toY >= 0 && toX <= width - 1 && toY <= height - 1)) continue;
      const backX = bilinear(back, toX, toY, 0);
      const backY = bilinear(back, toX, toY, 1);
      const off = (u + backX) ** 2 + (v + backY) ** 2;
      const size = u * u + v * v + backX * backX + backY * backY;
      agrees[pixel] = Number(off <= RELATIVE * size + ABSOLUTE);
    }
  }
  return agrees;
}

/** One component of a flow between pixels; the border is repeated. */
function bilinear({ width, height, xy }: Flow, x: number, y: number, component: 0 | 1): number {
  const atX = Math.min(width - 1, Math.max(0, x));
  const atY = Math.min(height - 1, Math.max(0, y));
  const [left, top] = [Math.floor(atX), Math.floor(atY)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const at = (column: number, row: number) => xy[2 * (row * width + column) + component]!;
  const above = at(left, top) + (atX - left) * (at(right, top) - at(left, top));
  const below = at(left, bottom) + (atX - left) * (at(right, bottom) - at(left, bottom));
  return above + (atY - top) * (below - above);
}

/** What of the flow is not the camera's: r = p + f(p) − H(p), in pixels, [height, width, 2]. */
export function residualFlow({ width, height, xy }: Flow, homography: Homography): Float32Array<ArrayBuffer> {
  const [a, b, c, d, e, f, g, h, i] = homography;
  const residual = new Float32Array(xy.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 2) {
      const scale = 1 / (g * x + h * y + i);
      residual[at] = x + xy[at]! - (a * x + b * y + c) * scale;
      residual[at + 1] = y + xy[at + 1]! - (d * x + e * y + f) * scale;
    }
  }
  return residual;
}
