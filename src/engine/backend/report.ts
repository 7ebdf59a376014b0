import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';
import type { Device, Precision } from '../settings/run.ts';
import { MISSING } from './errors.ts';

const threadsOf = (count: number) => (count === 1 ? 'one thread' : `${count} threads`);
const bitsOf = (half: boolean) => (half ? ' It computes with 16-bit weights.' : '');

/** Why a run computes where it does. `half`: with 16-bit weights; `software`: the GPU is a renderer on the CPU. */
export const REASONS = {
  'cpu-chosen': (p: { threads: number }) => `The CPU was chosen (${threadsOf(p.threads)}).`,
  'gpu-chosen': (p: { software: boolean; half: boolean }) =>
    `WebGPU was chosen.${p.software ? ' It is a software renderer: the CPU would be much faster.' : ''}${bitsOf(p.half)}`,
  'no-gpu': (p: { missing: keyof typeof MISSING; threads: number }) =>
    `There is no WebGPU here (${MISSING[p.missing]}), so the CPU does the work (${threadsOf(p.threads)}).`,
  software: (p: { threads: number }) =>
    `WebGPU is only a software renderer here, so the CPU does the work (${threadsOf(p.threads)}).`,
  faulty: (p: { threads: number }) =>
    `The GPU failed the self-test, so the CPU does the work (${threadsOf(p.threads)}).`,
  gpu: (p: { half: boolean }) => `A GPU is there.${bitsOf(p.half)}`,
} satisfies Phrases;

/** As an earlier version kept it, it is said in its words. */
export type Reason = Phrase<typeof REASONS> | Said;

/** A reason in English. */
export const reasonText = (reason: Reason): string => inWords(REASONS, reason);

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
  /** What was chosen, and why. */
  device: Device;
  why: Reason;
  adapter: { vendor: string; architecture: string; description: string; software: boolean } | null;
  features: string[];
  threads: number;
  precision: Precision;
  /** How the GPU did on the small case that it has to pass before it is used; absent where the CPU works. */
  selfTest?: SelfTest;
}
