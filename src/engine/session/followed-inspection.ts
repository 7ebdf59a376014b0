import { abortable, type Scope } from '../../lib/task.ts';
import type { Records } from '../follow/records.ts';
import { nearestFrame } from '../mask/upsample.ts';
import { failure } from './errors.ts';
import type { Following } from './following.ts';
import type { Inspected } from './inspection.ts';
import { createInspector, type InspectedRun } from './inspector.ts';
import { answersAtTau } from './other-tau.ts';
import { propagateStroke } from './propagate-stroke.ts';

interface FinishedRun extends InspectedRun {
  following: Following;
  records: Records;
}

/** Queries of a followed run, beyond its masks: of its samples, and at every τ above that of its leaves. */
export function inspectFollowed(run: FinishedRun, scope: Scope): Inspected {
  const { result, following, records } = run;
  const { settings, grid, frames, followed } = result;
  const { samples, keys } = followed!;
  const { signal } = scope;
  const n = grid.rows * grid.columns;
  const { inTurn, valuesOf, frameAttention, distances } = createInspector(run, scope);
  /** Place of a frame of the result among the samples: the nearest one's. */
  const samplePlace = (place: number) => nearestFrame(samples, frames[place]!);

  return {
    ...answersAtTau(result, records, (query) => inTurn(() => query(following))),

    attention: (place, row, column) =>
      inTurn(async () => {
        if (settings.metric === 'F') throw failure('run/no-map');
        const frame = frames[place]!;
        const one = await following.row(frame, row * grid.columns + column);
        return { frames: settings.metric === 'A' ? Int32Array.of(frame) : keys, map: await valuesOf(one) };
      }),

    frameAttention,

    distances: (place, row, column, from, onFrame) =>
      distances(
        async () => following.rows,
        samplePlace(place) * n + row * grid.columns + column,
        samplePlace(from),
        samples.length,
        (sample, found) => onFrame(samples[sample]! - frames[0]!, found),
      ),

    motion: (frame) => abortable(following.moving(frame), signal),

    propagate: (painted, onPart) =>
      inTurn(async () => propagateStroke(painted, result, records, await following.apart(), signal, onPart)),
  };
}
