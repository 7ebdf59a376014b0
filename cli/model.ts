import { stat } from 'node:fs/promises';
import { failure } from '../src/engine/errors.ts';
import type { Engine } from './engine.ts';

/** Takes `asked` for a model that the app knows, else for a file of weights; the app's first model by default. */
export async function modelId(engine: Engine, asked: string | undefined): Promise<string> {
  const models = await engine.call('models');
  const ids = models.map(({ id }) => id);
  if (asked === undefined) return ids[0]!;
  if (ids.includes(asked)) return asked;
  const found = await stat(asked).catch(() => null);
  if (!found?.isFile()) throw failure('cli/no-model', { name: asked, known: ids.join(', ') });
  return (await engine.call('addModel', engine.offer(asked))).id;
}
