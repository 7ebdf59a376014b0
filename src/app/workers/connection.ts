import type { Remote } from 'comlink';
import type { EngineApi } from '../../engine/session/api.ts';
import type { ViewerApi } from '../../engine/video/viewer.ts';
import type { EvaluatorApi } from '../../evaluate/evaluator.ts';
import { abortError } from '../../lib/task.ts';
import { type Connection, connect } from '../../lib/wire.ts';
import type { TrainerApi } from '../../train/trainer.ts';

/** The workers that go on from clip to clip. */
export type WorkerName = 'engine' | 'viewer' | 'evaluator';

let onLost: (name: WorkerName, reason: unknown) => void = () => undefined;

/** `listener` hears of every worker that is lost; the next call to it starts it again, with nothing open. */
export function whenLost(listener: typeof onLost): void {
  onLost = listener;
}

/** Starts the worker when it is first asked for, and again after it was lost. */
function kept<T>(name: WorkerName, start: () => Worker): () => Remote<T> {
  let connection: Connection<T> | null = null;
  return () => {
    if (connection) return connection.api;
    connection = connect<T>(start(), name);
    const { lost, api } = connection;
    lost.addEventListener('abort', () => {
      connection = null;
      onLost(name, lost.reason);
    });
    return api;
  };
}

const engine = kept<EngineApi>(
  'engine',
  () =>
    new Worker(new URL('../../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' }),
);
const viewer = kept<ViewerApi>(
  'viewer',
  () =>
    new Worker(new URL('../../../workers/viewer.ts', import.meta.url), { type: 'module', name: 'viewer' }),
);

/** The engine and the viewer. */
export const workers = (): { engine: Remote<EngineApi>; viewer: Remote<ViewerApi> } => ({
  engine: engine(),
  viewer: viewer(),
});

/** The worker that compares with the truth, started when the first masks are dropped. */
export const evaluator = kept<EvaluatorApi>(
  'evaluator',
  () => new Worker(new URL('../../../workers/score.ts', import.meta.url), { type: 'module', name: 'score' }),
);

/** A worker for one training. `end` frees all that it holds. */
export function startTrainer(): { trainer: Remote<TrainerApi>; end(): void } {
  const worker = new Worker(new URL('../../../workers/train.ts', import.meta.url), {
    type: 'module',
    name: 'train',
  });
  const { api, end } = connect<TrainerApi>(worker, 'trainer');
  return { trainer: api, end: () => end(abortError()) };
}
