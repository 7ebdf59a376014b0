import { isAbort } from '../../lib/task.ts';
import type { Inspection, RunMasks } from './api.ts';
import { asFailure } from './errors.ts';
import type { Inspected } from './inspection.ts';

/** What a run that has masks can answer. */
export interface Ready {
  masks: RunMasks;
  inspection: Inspected;
}

/** The questions of a run's handle: each waits until `ready` resolves, and rejects where it rejects. */
export const questions = (ready: () => Promise<Ready>): RunMasks & Inspection => ({
  labels: async (frame, width, height, of = {}) => {
    const { masks, inspection } = await ready();
    return of.tau === undefined
      ? masks.labels(frame, width, height, of)
      : inspection.previewLabels(of.tau, frame, width, height);
  },
  prompt: async (...asked) => (await ready()).masks.prompt(...asked),
  export: async (...order) => (await ready()).masks.export(...order),
  preview: async (tau) => (await ready()).inspection.preview(tau),
  histogram: async (...asked) => (await ready()).inspection.histogram(...asked),
  tauFor: async (...asked) => (await ready()).inspection.tauFor(...asked),
  attention: async (...token) => (await ready()).inspection.attention(...token),
  frameAttention: async (...token) => (await ready()).inspection.frameAttention(...token),
  distances: async (...asked) => (await ready()).inspection.distances(...asked),
  motion: async (frame) => (await ready()).inspection.motion(frame),
  propagate: async (...asked) => (await ready()).inspection.propagate(...asked),
});

/** Why work ended: the reason of the first aborted signal, or what it threw, as an error with a code. */
export function endReason(thrown: unknown, ...signals: AbortSignal[]): unknown {
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted) return aborted.reason;
  return isAbort(thrown) ? thrown : asFailure(thrown);
}
