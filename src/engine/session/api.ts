import type { VideoFormats } from '../export/encoders.ts';
import type { ExportOrder, ExportProgress, ExportResult, VideoQuality } from '../export/types.ts';
import type { Stroke } from '../mask/strokes.ts';
import type { Availability } from '../model/library.ts';
import type { ClusterSummary, DeviceReport, Progress, RunResult, RunSettings } from '../settings/run.ts';
import type { ClipInfo } from '../video/types.ts';
import type { ModelsApi } from './models.ts';

/** What a run will cost, told before it starts. */
export interface Estimate {
  /** Frames that will be processed. */
  frames: number;
  tokens: number;
  seconds: number;
  bytes: number;
  /** What a run will change of the settings, in a sentence; null where nothing. */
  note: string | null;
}

/** What a model asks of this machine and connection. */
export interface ModelCost extends Availability {
  id: string;
  /** Of the open clip at the model's own size; null until a clip is open. */
  estimate: Estimate | null;
}

/** Where the objects of a frame are, at a chosen size: index of the cluster of every pixel. */
export interface LabelMap {
  width: number;
  height: number;
  /** [height, width] */
  labels: Uint16Array;
}

/** Which masks: the last run's own, unless told. */
export interface Masks {
  /** Those of the preview at that τ. */
  tau?: number;
  /** A label for every cluster of the leaf level, told instead of the final clusters that they divide. */
  parts?: Int32Array;
  /** Corrections on top, in order; not of a preview. */
  strokes?: readonly Stroke[];
  /** Outlines along the edges of the picture (the default), or smooth between the tokens. Previews are always smooth. */
  edges?: boolean;
}

/** What another τ would give, from the last run's leaf level: fast, near but not equal to a run. */
export interface Preview {
  tau: number;
  clusters: ClusterSummary[];
  /** Cluster of the last run that each of these shares most tokens with, so that colours can stay. */
  nearest: Int32Array;
}

/** How the distances between the clip's parts spread: `shares[i]` of all token pairs lie in the i-th of equal bins. */
export interface DistanceHistogram {
  /** Distances from 0 to this; the last bin takes all beyond. */
  most: number;
  shares: Float32Array;
}

/**
 * The engine as the page and the command line see it: one clip, one model, one run at a time, in a worker.
 * Errors that cross the worker keep their code (UnpromptedError).
 */
export interface EngineApi extends ModelsApi {
  /** What the machine offers, and what would be chosen. */
  device(): Promise<DeviceReport>;
  /** Opens a clip (one video or animated image, or many still images) for the runs to come. */
  open(files: File[]): Promise<ClipInfo>;
  /** Settings that suit the clip, model and device: the model's own, and a stride that keeps the estimate bearable. */
  suggest(
    model: string,
    device: RunSettings['device'],
  ): Promise<{ settings: RunSettings; estimate: Estimate }>;
  estimate(settings: RunSettings): Promise<Estimate>;
  /** What every model costs; for the open clip's part and stride in `settings`, where there are any. */
  costs(settings: RunSettings | null): Promise<ModelCost[]>;
  /**
   * The whole method. Steps whose inputs did not change since the last run on this clip are not done again:
   * with only τ (or clustering, ratio, window, temperature) changed, the backbone does not run.
   */
  run(settings: RunSettings, onProgress: (progress: Progress) => void): Promise<RunResult>;
  /** Stops the run under way at its next step; its promise rejects with `run/cancelled`. */
  cancel(): Promise<void>;
  /**
   * Masks of any clip frame at a size, raised from the last run (frames between two processed ones take the nearest).
   * Rejects with AbortError where a newer preview or run has taken the place of the one asked for.
   */
  labels(frame: number, width: number, height: number, of?: Masks): Promise<LabelMap>;
  /** Clusters at another τ while it is dragged; null below the τ of the last run, which only a run can tell. */
  preview(tau: number): Promise<Preview | null>;
  /** Distances between the parts of the last run, for the τ slider; null after K-means. */
  histogram(most: number, bins: number): Promise<DistanceHistogram | null>;
  /** The τ in the range that leaves about `objects` beside the background; null where the last run's is already too large. */
  tauFor(objects: number, range: readonly [number, number]): Promise<number | null>;
  /**
   * A'v of one token: where it attends (Fig. 1). `frame` is a place in RunResult.frames.
   * [key frames, rows, columns], and which clip frames the key frames are.
   */
  attention(frame: number, row: number, column: number): Promise<{ frames: Int32Array; map: Float32Array }>;
  /** A of one token: where the backbone's own last block attends within the token's frame. [rows, columns] */
  frameAttention(frame: number, row: number, column: number): Promise<Float32Array>;
  /**
   * D (Eq. 2) of one token to all tokens, handed over a processed frame at a time, those nearest to place `from` first:
   * [rows, columns] each, until `onFrame` says that no more are wanted. Rejects with AbortError when a later call, or a
   * new run, supersedes it.
   */
  distances(
    frame: number,
    row: number,
    column: number,
    from: number,
    onFrame: (place: number, distances: Float32Array) => boolean | Promise<boolean>,
  ): Promise<void>;
  /**
   * The tokens of all other frames that go with some painted ones of one frame: those whose attention is nearer to the
   * mean of the painted tokens' than to their own cluster's, and that hang together with them through space and time.
   * Rejects with AbortError when a new run supersedes it.
   */
  carry(painted: readonly number[]): Promise<Int32Array>;
  /**
   * Takes the result of an earlier session for the open clip, so that its masks show without a run. What needs its
   * tokens (attention, distances, other τ, carrying strokes) fails with `run/tokens-gone`, or has nothing to tell.
   */
  restore(result: RunResult): Promise<void>;
  /** How this browser would encode the open clip as a video. */
  videoFormats(quality: VideoQuality): Promise<VideoFormats>;
  /**
   * Writes the last run's objects into the file that the person chose, or gives the file where `handle` is null. The
   * run stays as it was when this began; another clip, or another export, stops it (`export/cancelled`).
   */
  export(
    order: ExportOrder,
    handle: FileSystemFileHandle | null,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<ExportResult>;
  /** Stops the export under way; its promise rejects with `export/cancelled`, and no file is left. */
  cancelExport(): Promise<void>;
  close(): Promise<void>;
}

/** Decodes for looking, apart from the engine so that scrubbing never waits for a run. */
export interface ViewerApi {
  open(files: File[]): Promise<ClipInfo>;
  /** The frame, scaled to fit; rejects with AbortError when a later call supersedes it. */
  frame(index: number, width: number, height: number): Promise<ImageBitmap>;
  /**
   * Hands over frames from `from` on at the clip's own pace, each when it is due, leaving frames out where decoding or
   * the receiver is late. Resolves at the clip's end; rejects with AbortError once `pause`, `frame` or another `play`
   * supersedes it. It waits for what `onFrame` returns.
   */
  play(
    from: number,
    width: number,
    height: number,
    onFrame: (index: number, bitmap: ImageBitmap) => void | Promise<void>,
  ): Promise<void>;
  /** Stops `play` (and a `frame` under way). */
  pause(): Promise<void>;
  /**
   * `count` thumbnails spread over the clip (or every frame where it has fewer), each handed over as it is ready.
   * Rejects with AbortError when a later call supersedes it.
   */
  filmstrip(
    count: number,
    height: number,
    onThumbnail: (place: number, index: number, bitmap: ImageBitmap) => void,
  ): Promise<void>;
  close(): Promise<void>;
}
