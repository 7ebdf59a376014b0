import type { DeviceReport } from '../backend/report.ts';
import type { Clustering, Grid } from '../backend/types.ts';
import type { ClusterSummary } from '../cluster/background.ts';
import type { RunSettings } from '../settings/run.ts';

/** The stages a person sees, in order. */
export type Stage = 'model' | 'tokens' | 'cluster';

export interface Progress {
  stage: Stage;
  done: number;
  /** 0 until it is known. */
  total: number;
  /** 'frames', 'rows', 'bytes'. */
  unit: string;
  /** Seconds left of the whole run, once it can be told. */
  left: number | null;
}

export interface StageTime {
  stage: Stage;
  seconds: number;
}

/** What a run gives. */
export interface RunResult {
  /** As they were run: a size that is no multiple of the patch has been rounded. */
  settings: RunSettings;
  /** What a person should know of it, each in a sentence: what of the settings was changed, what went wrong and was mended. */
  notes: readonly string[];
  /** Clip frame of every processed frame. */
  frames: Int32Array;
  grid: Grid;
  clustering: Clustering;
  /**
   * Cluster of the leaf level of every token, always one that became part of the token's own cluster: what objects
   * can be divided into. Null after K-means, which has no parts.
   */
  parts: Int32Array | null;
  clusters: ClusterSummary[];
  times: StageTime[];
  device: DeviceReport;
  memory: { peakBytes: number };
}
