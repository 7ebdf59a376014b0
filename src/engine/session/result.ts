import type { DeviceReport } from '../backend/report.ts';
import type { Clustering, Grid } from '../backend/types.ts';
import type { ClusterSummary } from '../cluster/background.ts';
import type { PackedRecords } from '../follow/records.ts';
import type { RunSettings } from '../settings/run.ts';
import type { PackedLeaves } from './clusters.ts';
import type { RunNote } from './notes.ts';

/** The stages a user sees, in order. */
export const STAGES = ['model', 'tokens', 'cluster', 'follow'] as const;
export type Stage = (typeof STAGES)[number];

export interface Progress {
  stage: Stage;
  done: number;
  /** 0 until it is known. */
  total: number;
  /** 'frames', 'rows', 'bytes'. */
  unit: string;
  /** Seconds left of the whole run, once it can be estimated. */
  left: number | null;
}

export interface StageTime {
  stage: Stage;
  seconds: number;
}

/** How a clip was followed. Labels and parts of frames that are pending are −1. */
export interface Followed {
  /** SOURCE of every frame: pending, analysed, propagated by motion, or from a quick look. */
  sources: Uint8Array;
  /** Clip frames that the objects were found in, and those of them whose tokens are the keys, ascending. */
  samples: Int32Array;
  keys: Int32Array;
  /** A first look at a few frames, to be replaced by the run itself. */
  quick: boolean;
  /** All is done: every frame was followed, and newcomers and instances were looked for. */
  complete: boolean;
  /** Digest of the leaves that were found in the samples: two runs of the same settings may differ in it. */
  mark: string;
  /** Whether motion was used: something moves by itself, and λ is not 0. */
  motion: boolean;
  /** What masks are made from; null while frames are pending, and of clips too long to keep it. */
  soft: PackedRecords | null;
  /** D (Eq. 2) between the leaves, [leaves, leaves]: what clicks are answered from. Null in runs of earlier versions. */
  apart: Float32Array | null;
  /** What another τ is found from, together with `soft`; null where that is, and in runs of earlier versions. */
  leaves: PackedLeaves | null;
}

/** What moves by itself in a frame, on the cells of the motion net. */
export interface MotionMap {
  rows: number;
  columns: number;
  /** How likely each cell moves by itself, 0…1. */
  m: Float32Array;
  /** What of its motion the camera does not explain, [2, rows, columns], pixels a frame; x first. */
  drift: Float32Array;
  /** Width of the frame that those pixels are of. */
  width: number;
}

/** Frames that have been followed since the last report. */
export interface FrameUpdate {
  /** Places among the frames of the result. */
  places: number[];
  /** SOURCE of each. */
  sources: number[];
  /** Cluster and part of their tokens, [places, tokens]. */
  labels: Int32Array;
  parts: Int32Array;
}

/** The part of a run's result that depends on τ. */
export interface Clustered {
  clustering: Clustering;
  /**
   * Cluster of the leaf level of every token, always one that became part of the token's own cluster: what objects
   * can be divided into. Null after K-means, which has no parts.
   */
  parts: Int32Array | null;
  clusters: ClusterSummary[];
}

/** What a run gives. */
export interface RunResult extends Clustered {
  /** As they were run: a size that is no multiple of the patch has been rounded. */
  settings: RunSettings;
  /** For the user: settings that were changed, problems that were recovered from. */
  notes: readonly RunNote[];
  /** Clip frame of every processed frame. */
  frames: Int32Array;
  grid: Grid;
  /** Of a clip whose every frame was followed; null where only every stride-th frame has masks of its own. */
  followed: Followed | null;
  times: StageTime[];
  device: DeviceReport;
  memory: { peakBytes: number };
}
