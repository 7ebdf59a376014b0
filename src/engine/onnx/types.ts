import type { Device } from '../settings/run.ts';

export interface SessionOptions {
  device: Device;
  /** The device of our own kernels and of the painting; needed when `device` is `webgpu`. */
  gpuDevice?: GPUDevice;
  /** The session runs in this thread though it blocks it: its inputs are too large to be copied to another. */
  here?: boolean;
}

/** A dense float32 tensor at the border of a session. */
export interface Floats {
  data: Float32Array;
  shape: readonly number[];
}

export interface Session {
  /** Runs the graph. The outputs are owned by the caller. Calls queue up: ONNX Runtime runs one at a time. */
  run(inputs: Readonly<Record<string, Floats>>): Promise<Record<string, Float32Array>>;
  release(): Promise<void>;
}
