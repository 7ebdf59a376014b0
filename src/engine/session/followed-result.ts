import { recordBytes } from '../follow/records.ts';
import { clusteredBy } from './clustered.ts';
import type { FollowedState } from './open-clip.ts';
import type { RunResult } from './result.ts';
import type { FollowedWork } from './search.ts';

/** Bytes of records up to which a result carries them, so that masks can be kept as they are, and another τ be found. */
const MOST_SOFT = 64e6;

/** What a followed run gives, as far as it has come. */
export async function resultOf(
  { settings, notes, part, times, place, backend }: FollowedWork,
  { plan, following, records, grid, quick, complete, mark }: FollowedState,
): Promise<RunResult> {
  const { pairs } = following.found;
  const share = pairs.all > 0 ? pairs.computed / pairs.all : 0;
  const at = await following.at(settings.tau);
  const clustered = clusteredBy(at, following.count(), records, { ...pairs, share });
  return {
    settings,
    notes,
    frames: Int32Array.from({ length: grid.frames }, (_, place) => part.start + place),
    grid,
    ...clustered,
    followed: {
      sources: records.allSources(),
      samples: plan.samples,
      keys: Int32Array.from(plan.keys, (place) => plan.samples[place]!),
      quick,
      complete,
      mark,
      motion: clustered.clusters.some(({ motion }) => motion !== undefined),
      soft: null,
      apart: await following.apart(),
      leaves: null,
    },
    times,
    device: place.report,
    memory: { peakBytes: backend.memory.peak },
  };
}

/** The result of a run that has ended, with its records and leaves unless they are too large. */
export async function wholeResultOf(work: FollowedWork, state: FollowedState): Promise<RunResult> {
  const { records, following, grid } = state;
  const result = await resultOf(work, state);
  if (grid.frames * recordBytes(grid, records.cells) > MOST_SOFT) return result;
  const kept = { soft: records.pack(), leaves: await following.pack() };
  return { ...result, followed: { ...result.followed!, ...kept } };
}
