import { abortable, latest, type Scope, serial } from '../../lib/task.ts';
import type { Attention, Backend, Rows } from '../backend/types.ts';
import { forRows, type Pace } from '../cluster/propagate.ts';
import type { Model } from '../model/types.ts';
import type { Clip } from '../video/types.ts';
import type { Inspection } from './api.ts';
import type { DeviceContext } from './devices.ts';
import { createFrameAttention } from './frame-attention.ts';
import type { RunResult } from './result.ts';

/** A run to be inspected. */
export interface InspectedRun {
  clip: Clip;
  model: Model;
  result: RunResult;
  context: Pick<DeviceContext, 'backend' | 'gpuDevice' | 'report' | 'rowBudget'>;
}

/** What queries of a run share, whatever kind of run it is. */
export interface Inspector {
  /** The queries' own lane: their errors do not reach a run beside them. */
  backend: Backend;
  /** Queries that compute take turns. */
  inTurn<T>(query: () => Promise<T>): Promise<T>;
  /** How many rows a query may make at a time. */
  paceOf(attention: Attention): Pace;
  /** The values of some rows, which are released. */
  valuesOf(rows: Rows): Promise<Float32Array>;
  frameAttention: Inspection['frameAttention'];
  /** D of a token to those of `frames` frames of the grid, frame by frame, nearest to `from` first. A later call supersedes it. */
  distances(
    attention: () => Promise<Attention>,
    token: number,
    from: number,
    frames: number,
    onFrame: Parameters<Inspection['distances']>[4],
  ): Promise<void>;
}

/** Share of the row budget for the rows of a query: a run may hold rows of its own. */
const LOOK_SHARE = 0.25;
/** Most rows of a query at a time: a newer request waits for no more than these. */
const LOOK_ROWS = 512;

/** They end with `scope`. */
export function createInspector({ clip, model, result, context }: InspectedRun, scope: Scope): Inspector {
  const { settings, grid, frames: processed } = result;
  const { gpuDevice, rowBudget, report } = context;
  const { signal } = scope;
  const n = grid.rows * grid.columns;
  const backend = context.backend.lane();
  const maps = createFrameAttention(clip, model, settings, {
    device: report.device,
    precision: report.precision,
    ...(gpuDevice ? { gpuDevice } : {}),
  });
  const turn = serial();
  scope.own(turn, async () => {
    await turn.idle();
    await maps.release();
  });

  const inTurn = <T>(query: () => Promise<T>) => abortable(turn(query, signal), signal);
  const paceOf = ({ rowBytes }: Attention): Pace => ({
    rows: Math.max(1, Math.min(LOOK_ROWS, Math.floor((LOOK_SHARE * rowBudget) / rowBytes))),
    check: () => signal.throwIfAborted(),
  });

  /** D of a token to all tokens of one frame, [rows, columns]. */
  async function distancesIn(attention: Attention, token: number, frame: number, wanted: AbortSignal) {
    const found = new Float32Array(n);
    const pinned = await attention.rows(token, 1);
    const pace = { ...paceOf(attention), check: () => wanted.throwIfAborted() };
    const compare = async (rows: Rows, first: number) =>
      found.set(await backend.distances(pinned, rows), first - frame * n);
    await forRows(attention, pace, compare, [frame * n, (frame + 1) * n]).finally(() => pinned.release());
    return found;
  }

  return {
    backend,
    inTurn,
    paceOf,
    valuesOf: (rows) => backend.read(rows).finally(() => rows.release()),
    frameAttention: (place, row, column) =>
      inTurn(() => maps.mapOf(processed[place]!, row * grid.columns + column)),
    distances: latest(async (wanted, attention, token, from, frames, onFrame) => {
      // One turn per frame, so that other queries come in between.
      for (const frame of outward(from, frames)) {
        const found = await turn(async () => distancesIn(await attention(), token, frame, wanted), wanted);
        if (!(await onFrame(frame, found))) return;
      }
    }, signal),
  };
}

/** Places 0..count-1, nearest to `from` first. */
function outward(from: number, count: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return places.sort((a, b) => Math.abs(a - from) - Math.abs(b - from) || a - b);
}
