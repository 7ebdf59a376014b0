import type { Clustering, Grid, Pool } from '../backend/types.ts';

/**
 * Algorithm 1 to the letter; the same with the leaf level in windows; what the authors' code does; K-means;
 * average linkage over the leaf level of a smaller τ.
 */
export type ClusteringMode = 'paper' | 'windowed' | 'released' | 'kmeans' | 'agglomerative';

/** Table 4's clustering metrics: features and attention maps, of the backbone (F, A) or the correlator (Fv, Av). */
export type Metric = 'Av' | 'A' | 'Fv' | 'F';

/** Type of the weights and of their products; norms, softmax and sums are float32 in both. */
export type Precision = 'float32' | 'float16';

/** Where the heavy steps run. */
export type Device = 'webgpu' | 'wasm';

/** Everything that decides a run's result. Plain data: the same settings and clip give the same labels. */
export interface RunSettings {
  /** Manifest id, or the id under which a file was added. */
  model: string;
  /** Input size of the backbone in pixels; a run rounds it to multiples of its patch. */
  height: number;
  width: number;
  /** Frames of the clip, half open; `end` null: to the last. */
  start: number;
  end: number | null;
  /** Every stride-th frame of that part. */
  stride: number;
  tau: number;
  /** Share of frames that are key frames, in (0, 1] (Table 9). */
  ratio: number;
  /** Multiplies the attention logits; one number for all heads or one a head. */
  temperature: number | readonly number[];
  /** `Av`: side of the squares of key positions that rows of A'v are summed over; 1 is the paper's. */
  pool: Pool;
  clustering: ClusteringMode;
  /** Frames of a window of the leaf level (`windowed`, `released`, `agglomerative`). */
  window: number;
  metric: Metric;
  /** K of K-means. */
  k: number;
  /** Seed of K-means' start. */
  seed: number;
  device: Device | 'auto';
}

/** The stages a person sees, in order. */
export type Stage = 'model' | 'tokens' | 'cluster' | 'masks';

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
