import { findObjects } from '../src/engine/session/following.ts';
import { attend } from '../src/engine/session/pipeline.ts';
import type { FollowContext } from '../src/engine/session/sight.ts';

/** What is made up of a run that follows. `source`, `feed` and `motion`: those parts of them that are asked. */
interface MadeUp extends Pick<FollowContext, 'backend' | 'plan' | 'settings' | 'tokens' | 'records'> {
  /** Of the model. */
  tau: number;
  source?: object;
  feed?: object;
  motion?: object;
}

/** A run that follows, without a model, and of which nobody waits for anything. */
export const followContext = ({ tau, source, feed, motion, ...given }: MadeUp): FollowContext =>
  ({
    rowBudget: 2 ** 26,
    pause: async () => undefined,
    signal: new AbortController().signal,
    ...given,
    source: {
      model: { entry: { defaults: { tau }, normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } } },
      ...source,
    },
    feed: { lost: new Set(), ...feed },
    motion: { cells: given.records.cells, ...motion },
  }) as unknown as FollowContext;

/** Finds its objects, by attention over its tokens. */
export const findIn = (context: FollowContext) => {
  const { backend, tokens, settings, signal, plan } = context;
  return findObjects(
    context,
    () => attend(backend, tokens, settings, signal, plan.keys),
    () => undefined,
    signal,
  );
};
