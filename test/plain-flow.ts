import {
  assertSameSize,
  type Flow,
  type FlowBackend,
  type FlowImage,
  type FlowPair,
  type FlowQuality,
  type Layout,
  type Level,
  layoutOf,
} from '../src/engine/motion/flow.ts';
import { BEYOND, PASSES, PATCH, STRIPES, TENSOR } from '../src/engine/motion/flow-constants.ts';
import { preparePyramid } from './plain-pyramid.ts';

export interface PlainImage extends FlowImage {
  layout: Layout;
  data: Float32Array;
}

/** The flow in plain TypeScript and 64 bits: the twin that the kernels are tested against. */
export function plainFlow(quality: FlowQuality): FlowBackend<PlainImage> {
  return {
    prepare(luma, width, height) {
      const layout = layoutOf(width, height, quality.stride);
      const data = new Float32Array(layout.floats);
      preparePyramid(luma, layout, quality.gain, data);
      return { width, height, layout, data, release: () => undefined };
    },
    async flows(pairs) {
      assertSameSize(pairs);
      return pairs.map((pair) => between(pair, quality));
    },
    release: () => undefined,
  };
}

function between([from, to]: FlowPair<PlainImage>, { stride, iterations }: FlowQuality): Flow {
  const { levels, width, height } = from.layout;
  let dense: Float32Array<ArrayBuffer> | null = null;
  for (let scale = levels.length - 1; scale >= 0; scale--) {
    const level = levels[scale]!;
    dense = dense
      ? enlarge(dense, levels[scale + 1]!, level)
      : new Float32Array(2 * level.width * level.height);
    const match = new Match(from.data, to.data, level, stride);
    const sparse = startFrom(dense, level, stride);
    search(match, sparse, iterations);
    dense = match.densify(sparse);
  }
  return { width, height, xy: dense! };
}

/** The flow of the coarser level at twice the size, interpolated between centres of pixels. */
function enlarge(dense: Float32Array, coarse: Level, fine: Level): Float32Array<ArrayBuffer> {
  const out = new Float32Array(2 * fine.width * fine.height);
  const place = (at: number, fineSide: number, coarseSide: number) => {
    const centre = Math.max(0, ((at + 0.5) * coarseSide) / fineSide - 0.5);
    const low = Math.min(Math.floor(centre), coarseSide - 1);
    return [low, Math.min(low + 1, coarseSide - 1), Math.min(1, centre - low)] as const;
  };
  for (let y = 0, at = 0; y < fine.height; y++) {
    const [top, bottom, v] = place(y, fine.height, coarse.height);
    for (let x = 0; x < fine.width; x++) {
      const [left, right, u] = place(x, fine.width, coarse.width);
      for (let i = 0; i < 2; i++, at++) {
        const above = mix(
          dense[2 * (top * coarse.width + left) + i]!,
          dense[2 * (top * coarse.width + right) + i]!,
          u,
        );
        const below = mix(
          dense[2 * (bottom * coarse.width + left) + i]!,
          dense[2 * (bottom * coarse.width + right) + i]!,
          u,
        );
        out[at] = 2 * mix(above, below, v);
      }
    }
  }
  return out;
}

const mix = (a: number, b: number, share: number) => a + share * (b - a);

/** A patch starts from the flow at its middle. [rows, columns, 2] */
function startFrom(dense: Float32Array, { width, columns, rows }: Level, stride: number): Float32Array {
  const sparse = new Float32Array(2 * columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += 2) {
      const middle = 2 * ((stride * row + PATCH / 2) * width + stride * column + PATCH / 2);
      sparse[at] = dense[middle]!;
      sparse[at + 1] = dense[middle + 1]!;
    }
  }
  return sparse;
}

/** Forwards and then backwards, stripe by stripe: a patch may take what its two neighbours before it have found. */
function search(match: Match, sparse: Float32Array, iterations: number): void {
  const { columns, rows } = match.level;
  const steps = Math.floor(iterations / PASSES);
  const stripe = Math.ceil(rows / STRIPES);
  for (let top = 0; top < rows; top += stripe) {
    const bottom = Math.min(top + stripe, rows);
    for (let pass = 0; pass < PASSES; pass++) {
      const forwards = pass % 2 === 0;
      for (let i = 0; i < bottom - top; i++) {
        const row = forwards ? top + i : bottom - 1 - i;
        for (let j = 0; j < columns; j++) {
          const column = forwards ? j : columns - 1 - j;
          const patch = row * columns + column;
          const beside: number[] = [];
          if (j > 0) beside.push(forwards ? patch - 1 : patch + 1);
          if (i > 0) beside.push(forwards ? patch - columns : patch + columns);
          match.search(patch, sparse, beside, steps);
        }
      }
    }
  }
}

/** Patches of one level of a frame against another frame. */
class Match {
  /** Of the last `compare`: squared difference of the patches less their means, and its derivatives by the motion. */
  private cost = 0;
  private slopeX = 0;
  private slopeY = 0;

  constructor(
    private readonly from: Float32Array,
    private readonly to: Float32Array,
    readonly level: Level,
    private readonly stride: number,
  ) {}

  /** The best of a patch's own motion and those beside it, then gradient descent from there. */
  search(patch: number, sparse: Float32Array, beside: readonly number[], steps: number): void {
    const { tensors } = this.level;
    let startX = sparse[2 * patch]!;
    let startY = sparse[2 * patch + 1]!;
    let least = this.compare(patch, startX, startY);
    for (const other of beside) {
      const cost = this.compare(patch, sparse[2 * other]!, sparse[2 * other + 1]!);
      if (cost >= least) continue;
      least = cost;
      startX = sparse[2 * other]!;
      startY = sparse[2 * other + 1]!;
    }

    const tensor = tensors + TENSOR * patch;
    let x = startX;
    let y = startY;
    let before = Number.POSITIVE_INFINITY;
    for (let step = 0; step < steps; step++) {
      this.compare(patch, x, y);
      x -= this.from[tensor]! * this.slopeX + this.from[tensor + 1]! * this.slopeY;
      y -= this.from[tensor + 1]! * this.slopeX + this.from[tensor + 2]! * this.slopeY;
      if (this.cost >= before) break;
      before = this.cost;
    }
    // A descent that went further than a patch is lost.
    const kept = Math.hypot(x - startX, y - startY) <= PATCH;
    sparse[2 * patch] = kept ? x : startX;
    sparse[2 * patch + 1] = kept ? y : startY;
  }

  /** Weighted means of the motions of the patches over every pixel: 1 / max(1, |difference of the pixels|). */
  densify(sparse: Float32Array): Float32Array<ArrayBuffer> {
    const { from, to, stride } = this;
    const { width, height, pitch, origin, columns, rows } = this.level;
    const dense = new Float32Array(2 * width * height);
    const weights = new Float64Array(width * height);
    for (let row = 0, patch = 0; row < rows; row++) {
      const top = stride * row;
      // The last patches also stand for the pixels behind them, which have none.
      const bottom = row === rows - 1 ? height : top + PATCH;
      for (let column = 0; column < columns; column++, patch++) {
        const left = stride * column;
        const right = column === columns - 1 ? width : left + PATCH;
        const [u, v] = [sparse[2 * patch]!, sparse[2 * patch + 1]!];
        const x = clamp(left + u, -BEYOND, width - 1);
        const y = clamp(top + v, -BEYOND, height - 1);
        const [cornerX, cornerY] = [Math.floor(x), Math.floor(y)];
        const [shareX, shareY] = [x - cornerX, y - cornerY];
        for (let i = 0; i < bottom - top; i++) {
          let at = origin + (cornerY + i) * pitch + cornerX;
          let own = origin + (top + i) * pitch + left;
          let pixel = (top + i) * width + left;
          for (let j = left; j < right; j++, at++, own++, pixel++) {
            const above = mix(to[at]!, to[at + 1]!, shareX);
            const below = mix(to[at + pitch]!, to[at + pitch + 1]!, shareX);
            const weight = 1 / Math.max(1, Math.abs(mix(above, below, shareY) - from[own]!));
            weights[pixel]! += weight;
            dense[2 * pixel]! += weight * u;
            dense[2 * pixel + 1]! += weight * v;
          }
        }
      }
    }
    for (let pixel = 0; pixel < weights.length; pixel++) {
      dense[2 * pixel]! /= weights[pixel]!;
      dense[2 * pixel + 1]! /= weights[pixel]!;
    }
    return dense;
  }

  private compare(patch: number, u: number, v: number): number {
    const { from, to, stride } = this;
    const { width, height, pitch, origin, gradientX, gradientY, columns, tensors } = this.level;
    const row = Math.floor(patch / columns);
    const left = stride * (patch - row * columns);
    const top = stride * row;
    const x = clamp(left + u, 1 - PATCH, width - 1);
    const y = clamp(top + v, 1 - PATCH, height - 1);
    const [cornerX, cornerY] = [Math.floor(x), Math.floor(y)];
    const [shareX, shareY] = [x - cornerX, y - cornerY];
    let sum = 0;
    let squares = 0;
    let slopeX = 0;
    let slopeY = 0;
    for (let i = 0; i < PATCH; i++) {
      let at = origin + (cornerY + i) * pitch + cornerX;
      let own = origin + (top + i) * pitch + left;
      let slope = (top + i) * width + left;
      for (let j = 0; j < PATCH; j++, at++, own++, slope++) {
        const above = mix(to[at]!, to[at + 1]!, shareX);
        const below = mix(to[at + pitch]!, to[at + pitch + 1]!, shareX);
        const difference = mix(above, below, shareY) - from[own]!;
        sum += difference;
        squares += difference * difference;
        slopeX += difference * from[gradientX + slope]!;
        slopeY += difference * from[gradientY + slope]!;
      }
    }
    const tensor = tensors + TENSOR * patch;
    this.slopeX = slopeX - sum * from[tensor + 3]!;
    this.slopeY = slopeY - sum * from[tensor + 4]!;
    this.cost = squares - (sum * sum) / PATCH ** 2;
    return this.cost;
  }
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
