/**
 * Algorithm 1 at a fine τ, and its later hierarchies from these leaves on at τ, so that τ is a look-up; Algorithm 1 to the
 * letter; the same with the leaf level in windows; what the authors' code does; K-means.
 */
export type ClusteringMode = 'hierarchical' | 'paper' | 'windowed' | 'released' | 'kmeans';

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
  clustering: ClusteringMode;
  /** Frames of a window of the leaf level (`windowed`, `released`). */
  window: number;
  metric: Metric;
  /** K of K-means. */
  k: number;
  /** Seed of K-means' start. */
  seed: number;
  device: Device | 'auto';
}
