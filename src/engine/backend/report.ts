import type { Device, Precision } from '../settings/run.ts';

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
  /** What was chosen, and why in a sentence for the user. */
  device: Device;
  why: string;
  adapter: { vendor: string; architecture: string; description: string; software: boolean } | null;
  features: string[];
  threads: number;
  precision: Precision;
  /** How the GPU did on the small case that it has to pass before it is used; absent where the CPU works. */
  selfTest?: SelfTest;
}
