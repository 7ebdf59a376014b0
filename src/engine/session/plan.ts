import type { Grid } from '../backend/types.ts';
import { roundSize } from '../model/size.ts';
import type { RunSettings } from '../settings/run.ts';
import { checkSettings, fixedSettings } from '../settings/settings.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import type { ClipInfo } from '../video/types.ts';
import type { ModelEntry } from '../weights/types.ts';
import type { Estimate } from './api.ts';
import type { DeviceContext } from './devices.ts';
import {
  estimateBytes,
  estimateSeconds,
  followedSeconds,
  followingStride,
  processedFrames,
  proportions,
  type StageSeconds,
  suitableBatch,
  suitableRatio,
  suitableSize,
  surveySeconds,
} from './estimate.ts';

/** What a run would be. */
export interface Plan {
  grid: Grid;
  /** Frames whose tokens are computed at first: all, or the samples of a run that follows. */
  sampled: number;
  seconds: StageSeconds;
  /** Those of the tokens that looking for cuts takes. */
  survey: number;
  /** Frames of a batch. */
  batch: number;
  bytes: number;
}

export function planRun(
  { frameCount, width, height }: Pick<ClipInfo, 'frameCount' | 'width' | 'height'>,
  settings: RunSettings,
  entry: ModelEntry,
  place: Pick<DeviceContext, 'rates' | 'rowBudget' | 'activationBudget'>,
): Plan {
  const processed = processedFrames(frameCount, settings).length;
  const followed = follows(settings);
  const all = processedFrames(frameCount, { ...settings, stride: 1 }).length;
  const frames = followed ? Math.min(settings.samples || all, all) : processed;
  const architecture = proportions(entry);
  const { patch } = architecture;
  const grid: Grid = {
    frames,
    rows: Math.floor(settings.height / patch),
    columns: Math.floor(settings.width / patch),
  };
  const keys = keyFrames(frames, settings.ratio).length;
  const followedFrames = {
    samples: frames,
    analysed: Math.max(0, processed - frames),
    propagated: all - processed,
    pixels: width * height,
  };
  const seconds = followed
    ? followedSeconds(architecture, followedFrames, grid, keys, place.rates)
    : estimateSeconds(architecture, grid, keys, place.rates);
  const survey = followed ? surveySeconds(followedFrames) : 0;
  const batch = suitableBatch(architecture, grid, place.activationBudget);
  const bytes = estimateBytes(architecture, grid, batch, entry.file.bytes, place.rowBudget);
  return {
    grid: followed ? { ...grid, frames: all } : grid,
    sampled: frames,
    seconds,
    survey,
    batch,
    bytes,
  };
}

/**
 * Whether a run follows every frame. A run over F_v analyses every stride-th frame instead: the correlator computes F_v, by
 * attention to the key frames, for all frames together.
 */
export const follows = ({ clustering, metric }: Pick<RunSettings, 'clustering' | 'metric'>): boolean =>
  clustering === 'hierarchical' && metric !== 'Fv';

/** The settings that a run will have: sides that are no multiples of the patch are rounded. Throws `run/bad-setting`. */
export function suited(asked: RunSettings, { patch }: ModelEntry) {
  checkSettings(asked);
  const { note, ...size } = roundSize(asked, patch);
  return { settings: { ...asked, ...size }, note };
}

/** Throws `run/bad-setting`. */
export function estimateRun(
  info: ClipInfo,
  asked: RunSettings,
  entry: ModelEntry,
  place: DeviceContext,
): Estimate {
  const { settings, note } = suited(asked, entry);
  const { grid, seconds, bytes } = planRun(info, settings, entry, place);
  const tokens = grid.frames * grid.rows * grid.columns;
  return { frames: grid.frames, tokens, seconds: total(seconds), bytes, note };
}

/** The settings that a model brings to a clip. */
export function ownSettings(info: ClipInfo, { id, defaults, patch }: ModelEntry) {
  const { tau, temperature } = defaults;
  return { model: id, ...suitableSize(info, defaults, patch), tau, temperature };
}

/** Settings that suit the clip and model: the model's own, and a stride by the clip's frame rate. */
export function suggestSettings(
  info: ClipInfo,
  entry: ModelEntry,
  device: RunSettings['device'],
): RunSettings {
  const { samples, ...fixed } = fixedSettings();
  const frames = Math.min(samples, info.frameCount);
  return {
    ...fixed,
    samples,
    ...ownSettings(info, entry),
    stride: followingStride(info),
    ratio: suitableRatio(frames),
    device,
  };
}

const total = (seconds: StageSeconds) => Object.values(seconds).reduce((sum, stage) => sum + stage, 0);
