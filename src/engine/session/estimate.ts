import { type Grid, tokensOf } from '../backend/types.ts';
import type { Architecture, ModelEntry } from '../model/types.ts';
import type { RunSettings, Stage } from '../settings/run.ts';

/** How fast a device was seen to work, in floating-point operations a second. */
export interface Rates {
  /** The ViT. */
  backbone: number;
  /** Attention rows and distances. */
  cluster: number;
}

/** What a run will take of each stage, in seconds. */
export type StageSeconds = Record<Stage, number>;

/** What of an architecture decides its cost. */
type Proportions = Pick<Architecture, 'patch' | 'dim' | 'depth' | 'hidden' | 'heads'>;

/** A model's proportions before its weights are here: its MLPs are taken for four times its width, as in every ViT. */
export function proportions({ patch, dim, depth, heads }: ModelEntry): Proportions {
  return { patch, dim, depth, hidden: 4 * dim, heads: heads ?? dim / 64 };
}

/** Multiply-adds count as two operations. */
function backboneFlops(architecture: Proportions, tokens: number): number {
  const { dim, depth, hidden, patch } = architecture;
  const projections = 4 * dim * dim + 2 * dim * hidden;
  return 2 * tokens * (depth * (projections + 2 * tokens * dim) + 3 * patch * patch * dim);
}

/**
 * Operations of one pass over the rows of A'v and their distances to `centroids` others. Softmax and logarithm are
 * counted as `TRANSCENDENTAL` operations an entry and head, which is what they cost beside a matrix product.
 */
function clusterFlops(grid: Grid, keyFrames: number, dim: number, heads: number, centroids: number): number {
  const rows = tokensOf(grid);
  const width = grid.rows * grid.columns * keyFrames;
  return rows * width * (2 * dim + heads * TRANSCENDENTAL + 4 * centroids);
}

const TRANSCENDENTAL = 60;
/** Pivots that a sweep typically meets. */
const PIVOTS = 64;

/** Seconds of every stage. Two passes over the rows: the first sweep, and Eq. 3. */
export function estimateSeconds(
  architecture: Proportions,
  grid: Grid,
  keyFrames: number,
  rates: Rates,
): StageSeconds {
  const flops =
    clusterFlops(grid, keyFrames, architecture.dim, architecture.heads, PIVOTS) +
    clusterFlops(grid, keyFrames, architecture.dim, architecture.heads, 8);
  return {
    model: 0.3,
    tokens: (grid.frames * backboneFlops(architecture, grid.rows * grid.columns)) / rates.backbone,
    cluster: flops / rates.cluster,
    masks: 0,
  };
}

/** Bytes of one frame's activations within a block: the residual stream, projections, MLP and attention map. */
function activationBytes({ dim, hidden, heads }: Proportions, tokens: number): number {
  return 4 * tokens * (6 * dim + 2 * hidden + heads * tokens);
}

/** Frames beyond which a larger batch fills no GPU better. */
const MOST_FRAMES = 8;

/** Frames that the backbone takes at a time: as many as the budget's bytes hold, at least one, no more than there are. */
export function suitableBatch(architecture: Proportions, { frames, ...grid }: Grid, budget: number): number {
  const fit = Math.floor(budget / activationBytes(architecture, grid.rows * grid.columns));
  return Math.max(1, Math.min(fit, frames, MOST_FRAMES));
}

/** Bytes that a run holds at its peak: weights, activations of a batch, 16-bit q and k, and the row budget. */
export function estimateBytes(
  architecture: Proportions,
  grid: Grid,
  batch: number,
  weights: number,
  rowBudget: number,
): number {
  const tokens = grid.rows * grid.columns;
  const kept = grid.frames * tokens * architecture.dim * 4;
  return weights * 2 + batch * activationBytes(architecture, tokens) + kept + rowBudget;
}

/** Frames of a clip that a run takes: every stride-th of [start, end). */
export function processedFrames(
  frameCount: number,
  settings: Pick<RunSettings, 'start' | 'end' | 'stride'>,
): Int32Array {
  const end = Math.min(settings.end ?? frameCount, frameCount);
  const start = Math.max(0, settings.start);
  const count = Math.max(0, Math.ceil((end - start) / settings.stride));
  return Int32Array.from({ length: count }, (_, i) => start + i * settings.stride);
}

/**
 * Height and width for the backbone: the model's own where the clip's shape is near it, otherwise the same number of
 * patches in the clip's shape, so that a portrait clip is not squashed into a landscape one.
 */
export function suitableSize(
  clip: { width: number; height: number },
  wanted: { height: number; width: number },
  patch: number,
): { height: number; width: number } {
  const shape = clip.width / clip.height;
  const own = wanted.width / wanted.height;
  if (shape > own / NEAR && shape < own * NEAR) return { height: wanted.height, width: wanted.width };
  const patches = (wanted.height / patch) * (wanted.width / patch);
  const rows = Math.max(2, Math.round(Math.sqrt(patches / shape)));
  return { height: rows * patch, width: Math.max(2, Math.round(patches / rows)) * patch };
}

/** 16:9 and 3:2 clips keep a 2:1 model's own size, as the paper's evaluation does. */
const NEAR = 1.4;

/** Table 9: a tenth of the frames of a long clip as key frames costs little J … */
const LEAST_RATIO = 0.1;
/** … but a short one needs a few to see an object from more than one side. */
const LEAST_KEY_FRAMES = 4;

/** Share of `frames` that are key frames unless the person says otherwise, to two places. */
export function suitableRatio(frames: number): number {
  const few = Math.min(1, LEAST_KEY_FRAMES / Math.max(1, frames));
  return Math.max(LEAST_RATIO, Math.ceil(few * 100 - 1e-9) / 100);
}

/** Strides worth offering. */
const STRIDES = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200];

/** Smallest stride whose run stays within `seconds`; the largest where none does. At least three frames are kept. */
export function suitableStride(
  frameCount: number,
  secondsAt: (stride: number) => number,
  seconds: number,
): number {
  const usable = STRIDES.filter((stride) => stride === 1 || Math.ceil(frameCount / stride) >= 3);
  return usable.find((stride) => secondsAt(stride) <= seconds) ?? usable.at(-1)!;
}
