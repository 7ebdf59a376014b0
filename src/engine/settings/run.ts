export type { ClusteringMode, Metric, RunSettings } from './schema.ts';

/** Type of the weights and of their products; norms, softmax and sums are float32 in both. */
export type Precision = 'float32' | 'float16';

/** Where the heavy steps run. */
export type Device = 'webgpu' | 'wasm';
