import { type Remote, wrap } from 'comlink';
import type { EngineApi, ViewerApi } from '../engine/session/api.ts';
import type { EvaluatorApi } from '../evaluate/evaluator.ts';
import { keepErrorsWhole } from '../lib/wire.ts';
import type { TrainerApi } from '../train/trainer.ts';

interface Connection {
  engine: Remote<EngineApi>;
  viewer: Remote<ViewerApi>;
}

let connection: Connection | null = null;

/** The two workers, started when first asked for. */
export function workers(): Connection {
  if (connection) return connection;
  keepErrorsWhole();
  const engine = new Worker(new URL('../../workers/engine.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  const viewer = new Worker(new URL('../../workers/viewer.ts', import.meta.url), {
    type: 'module',
    name: 'viewer',
  });
  connection = { engine: wrap<EngineApi>(engine), viewer: wrap<ViewerApi>(viewer) };
  return connection;
}

let scorer: Remote<EvaluatorApi> | null = null;

/** The worker that compares with the truth, started when the first masks are dropped. */
export function evaluator(): Remote<EvaluatorApi> {
  scorer ??= wrap<EvaluatorApi>(
    new Worker(new URL('../../workers/score.ts', import.meta.url), { type: 'module', name: 'score' }),
  );
  return scorer;
}

/** A worker for one training. `end` frees all that it holds. */
export function startTrainer(): { trainer: Remote<TrainerApi>; end(): void } {
  keepErrorsWhole();
  const worker = new Worker(new URL('../../workers/train.ts', import.meta.url), {
    type: 'module',
    name: 'train',
  });
  return { trainer: wrap<TrainerApi>(worker), end: () => worker.terminate() };
}
