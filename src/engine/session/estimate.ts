import type { Cells, Size } from '../../lib/size.ts';
import { type Grid, tokensOf } from '../backend/types.ts';
import type { RunSettings } from '../settings/run.ts';
import type { Architecture, ModelEntry } from '../weights/types.ts';
import type { Stage, StageTime } from './result.ts';

/** How fast a device was seen to work, in floating-point operations a second. */
export interface Rates {
  /** The ViT. */
  backbone: number;
  /** Attention rows and distances. */
  cluster: number;
  /** How fast following was seen to go, as a multiple of what the other two say of it. */
  follow: number;
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
    follow: 0,
  };
}

/** Stages shorter than this are not used to measure speed, in seconds. */
const LEAST_SECONDS = 0.2;

/**
 * The part of a run's expected seconds that its times can be compared with. Only frames that it computed itself count (`fresh`:
 * their share), only the backbone's own work, and only the clustering that is estimated.
 */
export function comparableSeconds(
  { tokens, cluster }: StageSeconds,
  { clustering, metric }: Pick<RunSettings, 'clustering' | 'metric'>,
  fresh: number,
): Partial<StageSeconds> {
  const sweeps = metric === 'Av' && clustering !== 'kmeans';
  return {
    ...(metric !== 'Fv' && fresh > 0 ? { tokens: fresh * tokens } : {}),
    ...(sweeps ? { cluster } : {}),
  };
}

/** Rates after a run whose stages took `times` where `expected` seconds were expected of some. */
export function updatedRates(
  rates: Rates,
  expected: Partial<StageSeconds>,
  times: readonly StageTime[],
): Rates {
  const faster = (stage: Stage): number => {
    const seconds = times.find((time) => time.stage === stage)?.seconds ?? 0;
    const predicted = expected[stage];
    return predicted === undefined || seconds < LEAST_SECONDS ? 1 : predicted / seconds;
  };
  // A tab that was hidden, or paused for a user again and again, says little.
  const paced = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, faster('follow')));
  return {
    backbone: rates.backbone * faster('tokens'),
    cluster: rates.cluster * faster('cluster'),
    follow: rates.follow * paced,
  };
}

const MOST_CHANGE = 4;

/** Operations of optical flow, the motion net and masks' bookkeeping, a frame that is analysed and one that is propagated. */
const MOTION_FLOPS = { analysed: 5e9, propagated: 2e9 };

/**
 * Seconds of decoding, whatever the device does: of a frame that is looked through for cuts, and of a pixel of it; and of a
 * pixel of a frame that is scaled for the model and for flow (bench/README.md).
 */
const DECODING = { surveyed: 2e-3, surveyedPixel: 8e-9, pixel: 30e-9 };
/** Frames that are decoded for a sample and its neighbours, beyond those that its own decoding goes through anyway. */
const AROUND_SAMPLE = 4;

/** Frames of a run that follows: those looked at first, those analysed beyond them, and those propagated. */
interface FollowedFrames {
  samples: number;
  analysed: number;
  propagated: number;
  /** Of each. */
  pixels: number;
}

/** Seconds of looking through every frame for cuts, which the stage of the tokens begins with. */
export const surveySeconds = ({ samples, analysed, propagated, pixels }: FollowedFrames): number =>
  (samples + analysed + propagated) * (DECODING.surveyed + pixels * DECODING.surveyedPixel);

/** Seconds of every stage of a run that follows. Samples are compared with the leaves once more, as all frames are. */
export function followedSeconds(
  architecture: Proportions,
  frames: FollowedFrames,
  cells: Cells,
  keyFrames: number,
  rates: Rates,
): StageSeconds {
  const { samples, analysed, propagated, pixels } = frames;
  const found = estimateSeconds(architecture, { ...cells, frames: samples }, keyFrames, rates);
  const evidence =
    samples * (MOTION_FLOPS.analysed / rates.backbone + AROUND_SAMPLE * pixels * DECODING.pixel);
  const others = { ...cells, frames: analysed };
  const followed = followingSeconds(architecture, others, keyFrames, propagated, rates);
  const decoding = (analysed + propagated) * pixels * DECODING.pixel;
  return {
    ...found,
    tokens: found.tokens + surveySeconds(frames),
    cluster: found.cluster + evidence,
    follow: (found.cluster / 2 + followed + decoding) / rates.follow,
  };
}

/** Seconds of following: frames that are analysed beyond the samples, and those that are propagated. */
export function followingSeconds(
  architecture: Proportions,
  analysed: Grid,
  keyFrames: number,
  propagated: number,
  rates: Rates,
): number {
  const { tokens, cluster } = estimateSeconds(architecture, analysed, keyFrames, rates);
  const motion = analysed.frames * MOTION_FLOPS.analysed + propagated * MOTION_FLOPS.propagated;
  return tokens + cluster / 2 + motion / rates.backbone;
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

/** A clip is enlarged for the backbone by no more than this along each side: there is nothing more to see in it. */
const MOST_ENLARGED = 2;

/**
 * Height and width for the backbone: the model's own where the clip's shape is near it, otherwise the same number of
 * patches in the clip's shape, so that a portrait clip is not squashed into a landscape one; and
 * fewer where the clip is small.
 */
export function suitableSize(
  clip: Size,
  wanted: { height: number; width: number },
  patch: number,
): { height: number; width: number } {
  const shape = clip.width / clip.height;
  const own = wanted.width / wanted.height;
  const most = Math.floor((MOST_ENLARGED ** 2 * clip.width * clip.height) / patch ** 2);
  const patches = Math.min(most, (wanted.height / patch) * (wanted.width / patch));
  if (patches < most && shape > own / NEAR && shape < own * NEAR)
    return { height: wanted.height, width: wanted.width };
  const rows = Math.max(2, Math.round(Math.sqrt(patches / shape)));
  return { height: rows * patch, width: Math.max(2, Math.round(patches / rows)) * patch };
}

/** 16:9 and 3:2 clips keep a 2:1 model's own size, as the paper's evaluation does. */
const NEAR = 1.4;

/** Table 9: a tenth of the frames of a long clip as key frames costs little J … */
const LEAST_RATIO = 0.1;
/** … but a short one needs a few to see an object from more than one side. */
const LEAST_KEY_FRAMES = 4;

/** Share of `frames` that are key frames unless the user says otherwise, to two places. */
export function suitableRatio(frames: number): number {
  const few = Math.min(1, LEAST_KEY_FRAMES / Math.max(1, frames));
  return Math.max(LEAST_RATIO, Math.ceil(few * 100 - 1e-9) / 100);
}

/** Frames a second that are analysed: the frames between are propagated by motion (bench/following.md). */
const ANALYSED_A_SECOND = 7;

/** Every which frame of a clip is analysed: by its own frame rate, so that every machine has the same masks. */
export function followingStride({ frameCount, duration }: { frameCount: number; duration: number }): number {
  const rate = duration > 0 ? frameCount / duration : 0;
  return Math.max(1, Math.round(rate / ANALYSED_A_SECOND));
}
