import type { Clustering, Grid } from '../backend/types.ts';
import type { RunSettings } from './schema.ts';

export type { ClusteringMode, Metric, RunSettings } from './schema.ts';

/** Type of the weights and of their products; norms, softmax and sums are float32 in both. */
export type Precision = 'float32' | 'float16';

/** Where the heavy steps run. */
export type Device = 'webgpu' | 'wasm';

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

/** How far a GPU's results lie from the plain definitions. */
export interface SelfTest {
  /** Whether rows of A'v are stored in 16 bits. */
  half: boolean;
  /** Largest difference of an entry of A'v (Eq. 1), as a share of the entry, or of the mean entry where that is more. */
  attention: number;
  /** Largest difference of a D (Eq. 2). */
  divergence: number;
  /** Whether a matrix over 128 MiB was tried too, and held; absent in reports from before that was tested. */
  large?: boolean;
  /** Where outlines are made to follow edges: on the CPU where the GPU renders in software or gets the test picture wrong. */
  edges?: Device;
}

export interface DeviceReport {
  /** What was chosen, and why in a sentence a person can read. */
  device: Device;
  why: string;
  adapter: { vendor: string; architecture: string; description: string; software: boolean } | null;
  features: string[];
  threads: number;
  precision: Precision;
  /** How the GPU did on the small case that it has to pass before it is used; absent where the CPU works. */
  selfTest?: SelfTest;
}

export interface StageTime {
  stage: Stage;
  seconds: number;
}

/** What the run found for one cluster. */
export interface ClusterSummary {
  id: number;
  tokens: number;
  /** Share of all tokens. */
  share: number;
  /** Processed frames in which it has tokens. */
  frames: number;
  /** Share of the frame border that it covers: the sign of a background. */
  border: number;
  background: boolean;
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
