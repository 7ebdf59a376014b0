import type { ProxyMarked } from 'comlink';
import type { OnPart } from '../../lib/task.ts';
import type { DeviceReport } from '../backend/report.ts';
import type { ClusterSummary } from '../cluster/background.ts';
import type { VideoFormats } from '../export/encoders.ts';
import type { ExportOrder } from '../export/formats/index.ts';
import type { ExportProgress, ExportResult, VideoQuality } from '../export/types.ts';
import type { Click, Prompted } from '../mask/corrections.ts';
import type { LabelMap, Masks } from '../mask/types.ts';
import type { Availability } from '../model/library.ts';
import type { RunSettings } from '../settings/run.ts';
import type { ClipInfo } from '../video/types.ts';
import type { JournalPlace } from './journal-file.ts';
import type { ModelsApi } from './models.ts';
import type { RunNote } from './notes.ts';
import type { Clustered, FrameUpdate, MotionMap, Progress, RunResult } from './result.ts';

/** What a run will cost, before it starts. */
export interface Estimate {
  /** Frames that will be processed. */
  frames: number;
  tokens: number;
  seconds: number;
  bytes: number;
  /** How a run will change the settings; null: not at all. */
  note: RunNote | null;
}

/** What a model asks of this machine and connection. */
export interface ModelCost extends Availability {
  id: string;
  /** Of the clip at the model's own size; null without a clip. */
  estimate: Estimate | null;
}

/** What another τ would give, from a run's leaf level: fast, near but not equal to a run. */
export interface Preview {
  tau: number;
  clusters: ClusterSummary[];
  /** Cluster of the run that each of these shares most tokens with, so that colours can stay. */
  nearest: Int32Array;
}

/** Histogram of the distances between the clip's parts: `shares[i]` is the share of all token pairs in the i-th of equal bins. */
export interface DistanceHistogram {
  /** Distances from 0 to this; the last bin takes all beyond. */
  most: number;
  shares: Float32Array;
}

/**
 * The engine as the page and the command line see it, in a worker. It hands out handles: runs and exports end with their
 * clip. A call on a handle that has ended, or that something newer has superseded, rejects with an AbortError. Other errors keep their code when they cross (UnpromptedError).
 */
export interface EngineApi extends ModelsApi {
  /** What the machine offers, and what would be chosen. */
  device(): Promise<DeviceReport>;
  /** What every model asks of this machine, without a clip. */
  costs(): Promise<ModelCost[]>;
  /**
   * Prepares a first run with a model, which is then some seconds faster. The model has to be stored already. Rejects with
   * an AbortError once a clip is opened.
   */
  warmUp(model: string): Promise<void>;
  /**
   * Opens a clip (one video or animated image, or many still images); an `open` under way is superseded. Who opens it
   * closes it: the clip before stays open until then, in case this one cannot be read.
   * `onPart` hears how much has been read.
   */
  open(files: readonly File[], onPart?: OnPart): Promise<ClipHandle>;
}

/** A clip that is open. */
export interface ClipHandle extends ProxyMarked {
  readonly info: ClipInfo;
  /** Settings that suit the clip and model: the model's own, and a stride by the clip's frame rate. */
  suggest(
    model: string,
    device: RunSettings['device'],
  ): Promise<{ settings: RunSettings; estimate: Estimate }>;
  /** Throws `run/bad-setting`. */
  estimate(settings: RunSettings): Promise<Estimate>;
  /** What every model costs for the part and stride in `settings`. */
  costs(settings: RunSettings): Promise<ModelCost[]>;
  /**
   * From now on, keeps the frames that runs follow in a place, and takes from there those that an earlier session followed
   * with the same settings. Does nothing where the browser does not allow it.
   */
  keepIn(place: JournalPlace): void;
  /** How this browser would encode the clip as a video. */
  videoFormats(quality: VideoQuality): Promise<VideoFormats>;
  /**
   * Starts the whole method; a run under way is superseded. Steps whose inputs did not change since the last run on
   * this clip are not done again: with only τ (or clustering, ratio, window, temperature) changed, the backbone does
   * not run. Once a run has its result, the run before it is released. `watched`: a user waits for masks, so a run that
   * follows begins with a quick look.
   */
  run(settings: RunSettings, events: RunEvents, watched?: boolean): RunHandle;
  /**
   * The masks of an earlier run, without a run. They are as they were in this session, and in another one that kept them;
   * otherwise they have the edges of its labels. A run under way is superseded, the one before released.
   */
  restore(result: RunResult): StoredRunHandle;
  /**
   * An earlier run at another τ, looked up in the leaves that it kept. Null where it kept none, and below the τ of its
   * leaves, which takes another run.
   */
  recluster(result: RunResult, tau: number): Promise<Clustered | null>;
  /** Stops the export under way; its promise rejects with `export/cancelled`, and no file is left. */
  cancelExport(): Promise<void>;
  close(): Promise<void>;
}

/** What a run reports on its way. */
export interface RunEvents {
  progress(progress: Progress): void;
  /** The objects, and masks of the frames they were found in. Called again with better ones after a quick look. */
  found(result: RunResult): void;
  /** Frames that have masks since the last report. */
  frames(update: FrameUpdate): void;
}

/** What every run has. */
export interface RunMasks {
  /** Masks of any clip frame at a size; null while a followed frame is pending. */
  labels(frame: number, width: number, height: number, of?: Masks): Promise<LabelMap | null>;
  /**
   * The object that clicks point at, in every frame that has been followed: a look-up. Clicks on pending frames are ignored.
   * `shown`: a clip frame; the answer covers only the frames between the clicks and it. Throws `run/no-clicks` where the run has
   * no answer.
   */
  prompt(clicks: readonly Click[], shown?: number): Promise<Pick<Prompted, 'tokens' | 'shares'>>;
  /**
   * Writes the run's objects into the file that the user chose, or returns the file where `handle` is null. It outlives the
   * run; closing the clip stops it, and another export supersedes it.
   */
  export(
    order: ExportOrder,
    handle: FileSystemFileHandle | null,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<ExportResult>;
}

/** What a run can answer while its tokens are in memory. */
export interface Inspection {
  /** Clusters at another τ, while the user drags it; null below the τ of the run, which takes another run. */
  preview(tau: number): Promise<Preview | null>;
  /** Distances between the parts of the clip, for the τ slider; null after K-means, and of a quick look. */
  histogram(most: number, bins: number): Promise<DistanceHistogram | null>;
  /** The τ in the range that leaves about `objects` beside the background; null where the run's τ is already too large. */
  tauFor(objects: number, range: readonly [number, number]): Promise<number | null>;
  /**
   * A'v of one token: where it attends (Fig. 1). `frame` is a place in RunResult.frames.
   * [key frames, rows, columns], and which clip frames the key frames are.
   */
  attention(frame: number, row: number, column: number): Promise<{ frames: Int32Array; map: Float32Array }>;
  /** A of one token: where the backbone's own last block attends within the token's frame. [rows, columns] */
  frameAttention(frame: number, row: number, column: number): Promise<Float32Array>;
  /**
   * D (Eq. 2) of one token to all tokens, one processed frame at a time, the frames nearest to place `from` first:
   * [rows, columns] each, until `onFrame` returns false. A later call supersedes it.
   */
  distances(
    frame: number,
    row: number,
    column: number,
    from: number,
    onFrame: (place: number, distances: Float32Array) => boolean | Promise<boolean>,
  ): Promise<void>;
  /** What moves by itself in a clip frame; null where the run did not use motion, or has not followed the frame yet. */
  motion(frame: number): Promise<MotionMap | null>;
  /**
   * Propagates some painted tokens of one frame to all other frames. In a run that follows, they move with the object under
   * them (`propagatePainted`). In the paper's own ways, they are the tokens whose attention is nearer to the mean of the painted
   * tokens' than to their own cluster's, and that are connected with them through space and time. `onPart` hears how much is
   * done.
   */
  propagate(painted: readonly number[], onPart?: OnPart): Promise<Int32Array>;
}

/** A run, from its start on. Questions that come before its result wait for it. */
export interface RunHandle extends RunMasks, Inspection, ProxyMarked {
  result(): Promise<RunResult>;
  /** The clip frame that the user looks at: the run follows the nearest frames next. */
  lookAt(frame: number): void;
  /**
   * Stops the run at its next step. `result` then resolves with what was found so far, or rejects with `run/cancelled` where
   * nothing was. Does nothing once the run has ended.
   */
  cancel(): Promise<void>;
}

/**
 * A run of an earlier session, without its tokens: its masks, and what its leaves answer. Where the leaves were not kept,
 * answers are null, and `propagate` rejects with `run/tokens-gone`.
 */
export interface StoredRunHandle
  extends RunMasks,
    Pick<Inspection, 'preview' | 'histogram' | 'tauFor' | 'propagate'>,
    ProxyMarked {
  /** Frames that were followed after the result was stored; null where there are none. */
  since(): Promise<FrameUpdate | null>;
  release(): Promise<void>;
}
