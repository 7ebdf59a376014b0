/**
 * Dense inverse search (Kroeger et al., “Fast Optical Flow using Dense Inverse Search”, 2016): what every backend
 * shares. Patches of a coarse grid are found again in the other frame by gradient descent, from the coarsest level of a
 * pyramid to the finest (the frame itself); every pixel then takes the mean of its patches' motions. Details and constants
 * are those of OpenCV's DISOpticalFlow, whose flow the motion net was trained on; there is no variational refinement.
 */
import { BORDER, PATCH, TENSOR } from './flow-constants.ts';

/** How thoroughly is looked. */
export interface FlowQuality {
  /** From patch to patch, in pixels. */
  stride: number;
  /** Steps of gradient descent of a patch on one level, over both passes. */
  iterations: number;
  /**
   * Length of a step, in those of OpenCV, whose derivatives are 8 times too large: an eighth of what Gauss and Newton would
   * take. With few iterations, longer steps come nearer to what many short ones find.
   */
  gain: number;
}

export const FLOW_QUALITIES = {
  full: { stride: 3, iterations: 25, gain: 1 },
  /** Half the time. */
  cpu: { stride: 4, iterations: 12, gain: 2 },
} as const satisfies Record<string, FlowQuality>;

/**
 * What runs look with, on a GPU too, where more would cost little: masks depend on the flow, and the same clip with the same
 * settings has the same masks on every machine.
 */
export const RUN_FLOW: FlowQuality = FLOW_QUALITIES.cpu;

/** Motion of every pixel from one frame to another, in pixels: x and y in turn, [height, width, 2]. */
export interface Flow {
  width: number;
  height: number;
  xy: Float32Array<ArrayBuffer>;
}

/** A frame made ready, once, for all the pairs that it is part of. Released after the last of them. */
export interface FlowImage {
  readonly width: number;
  readonly height: number;
  release(): void;
}

export type FlowPair<Image extends FlowImage = FlowImage> = readonly [from: Image, to: Image];

export interface FlowBackend<Image extends FlowImage = FlowImage> {
  /**
   * Makes a frame ready.
   * @param luma [height, width], 0…255; rounded to whole numbers.
   * @throws RangeError where a side is smaller than a patch, or `luma` has another length
   */
  prepare(luma: Float32Array, width: number, height: number): Image;
  /**
   * Of every pair, from pixels of the first frame to where they are in the second. Pairs asked for together cost less on a
   * GPU.
   * @throws RangeError where frames differ in size
   */
  flows(pairs: readonly FlowPair<Image>[]): Promise<Flow[]>;
  /** Frees all that the backend holds, images included. None of it may be used afterwards. */
  release(): void;
}

/** Where one level of a prepared frame lies: offsets in floats from the frame's first. */
export interface Level {
  width: number;
  height: number;
  /** Floats of a row of the image with its borders. */
  pitch: number;
  /** Luma: the pixel at (0, 0), inside its borders. */
  origin: number;
  /** Sobel derivatives, not normalised (8 times a gradient): [height, width] each. */
  gradientX: number;
  gradientY: number;
  /** Patches; that of column i and row j begins at pixel stride · (i, j). */
  columns: number;
  rows: number;
  /** [rows, columns, TENSOR]: inverse structure tensor (xx, xy, yy; times the gain), then the mean derivatives (x, y). */
  tensors: number;
}

/** A prepared frame, level by level, the finest first. */
export interface Layout {
  width: number;
  height: number;
  stride: number;
  levels: readonly Level[];
  floats: number;
}

/** @throws RangeError where a side is no whole number of at least a patch, or a stride leaves gaps between patches */
export function layoutOf(width: number, height: number, stride: number): Layout {
  if (!Number.isSafeInteger(stride) || stride < 1 || stride > PATCH)
    throw new RangeError(`The stride of the patches is ${stride}, but it has to be from 1 to ${PATCH}.`);
  if (![width, height].every((side) => Number.isSafeInteger(side) && side >= PATCH))
    throw new RangeError(
      `A frame of ${width} × ${height} has no flow: its sides have to be at least ${PATCH}.`,
    );
  const levels: Level[] = [];
  let floats = 0;
  const place = (count: number) => {
    const at = floats;
    floats += count;
    return at;
  };
  for (let scale = 0; scale <= coarsestScale(width, height); scale++) {
    const [w, h] = [width >> scale, height >> scale];
    const pitch = w + 2 * BORDER;
    const [columns, rows] = [w, h].map((side) => 1 + Math.floor((side - PATCH) / stride)) as [number, number];
    levels.push({
      ...{ width: w, height: h, pitch, columns, rows },
      origin: place(pitch * (h + 2 * BORDER)) + BORDER * pitch + BORDER,
      gradientX: place(w * h),
      gradientY: place(w * h),
      tensors: place(TENSOR * columns * rows),
    });
  }
  return { width, height, stride, levels, floats };
}

/** Motions up to a quarter of the longer side are looked for; the coarsest level holds at least one patch. */
function coarsestScale(width: number, height: number): number {
  const reach = Math.trunc(Math.log2(Math.max(width, height) / (4 * PATCH)) + 0.5);
  const room = Math.floor(Math.log2(Math.floor(Math.min(width, height) / PATCH)));
  return Math.max(0, Math.min(reach, room));
}

/** @throws RangeError where a frame has more or fewer pixels than its size says */
export function assertPixels(luma: Float32Array, { width, height }: Layout): void {
  if (luma.length !== width * height)
    throw new RangeError(`A frame of ${width} × ${height} has ${width * height} pixels, not ${luma.length}.`);
}

/** @throws RangeError where frames differ in size */
export function assertSameSize(pairs: readonly FlowPair[]): void {
  const [first, ...others] = pairs.flat();
  for (const other of others)
    if (first && (other.width !== first.width || other.height !== first.height))
      throw new RangeError(
        `Flow is between frames of one size, not ${first.width} × ${first.height} and ${other.width} × ${other.height}.`,
      );
}
