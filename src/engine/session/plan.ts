import type { Grid } from '../backend/types.ts';
import { roundSize } from '../model/size.ts';
import type { ModelEntry } from '../model/types.ts';
import type { RunSettings } from '../settings/run.ts';
import { checkSettings } from '../settings/settings.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import type { ClipInfo } from '../video/types.ts';
import type { Estimate } from './api.ts';
import type { DeviceContext } from './devices.ts';
import {
  estimateBytes,
  estimateSeconds,
  processedFrames,
  proportions,
  type StageSeconds,
  suitableBatch,
  suitableRatio,
  suitableSize,
  suitableStride,
} from './estimate.ts';

/** A suggested run ends within about this many seconds, with a coarser stride where it must. */
const BEARABLE = { webgpu: 15, wasm: 18 } as const;

/** What a run would be. */
export interface Plan {
  grid: Grid;
  seconds: StageSeconds;
  /** Frames of a batch. */
  batch: number;
  bytes: number;
}

export function planRun(
  { frameCount }: Pick<ClipInfo, 'frameCount'>,
  settings: RunSettings,
  entry: ModelEntry,
  place: Pick<DeviceContext, 'rates' | 'rowBudget' | 'activationBudget'>,
): Plan {
  const frames = processedFrames(frameCount, settings).length;
  const architecture = proportions(entry);
  const { patch } = architecture;
  const grid: Grid = {
    frames,
    rows: Math.floor(settings.height / patch),
    columns: Math.floor(settings.width / patch),
  };
  const keys = keyFrames(frames, settings.ratio).length;
  const seconds = estimateSeconds(architecture, grid, keys, place.rates);
  const batch = suitableBatch(architecture, grid, place.activationBudget);
  const bytes = estimateBytes(architecture, grid, batch, entry.file.bytes, place.rowBudget);
  return { grid, seconds, batch, bytes };
}

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

/** Settings that suit the clip, model and device: the model's own, and a stride that keeps the estimate bearable. */
export function suggestSettings(
  info: ClipInfo,
  entry: ModelEntry,
  place: DeviceContext,
  device: RunSettings['device'],
): RunSettings {
  const base: RunSettings = {
    ...ownSettings(info, entry),
    start: 0,
    end: null,
    stride: 1,
    ratio: 1,
    pool: 1,
    clustering: 'windowed',
    window: 3,
    metric: 'Av',
    k: 8,
    seed: 0,
    device,
  };
  const at = (stride: number): RunSettings => ({
    ...base,
    stride,
    ratio: suitableRatio(processedFrames(info.frameCount, { ...base, stride }).length),
  });
  const secondsAt = (stride: number) => total(planRun(info, at(stride), entry, place).seconds);
  return at(suitableStride(info.frameCount, secondsAt, BEARABLE[place.report.device]));
}

const total = (seconds: StageSeconds) => Object.values(seconds).reduce((sum, stage) => sum + stage, 0);
