import type { Flow } from '../src/engine/motion/flow.ts';
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
