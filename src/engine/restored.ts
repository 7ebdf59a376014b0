import { failure } from './errors.ts';
import { labelsOf } from './export/exporter.ts';
import type { Finished } from './finished.ts';
import type { RunResult } from './run.ts';

/** A run of an earlier session, of which only the result is here: its masks, and nothing that needs its tokens. */
export function createRestored(result: RunResult): Finished {
  const gone = async (): Promise<never> => {
    throw failure('run/tokens-gone');
  };
  return {
    result,
    labels: (frame, width, height, of) => ({
      width,
      height,
      labels: labelsOf(result, of)(frame, width, height),
    }),
    preview: async () => null,
    histogram: async () => null,
    tauFor: async () => null,
    attention: gone,
    frameAttention: gone,
    distances: gone,
    carry: gone,
    release: async () => undefined,
  };
}
