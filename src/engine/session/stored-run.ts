import { proxy } from 'comlink';
import { Scope } from '../../lib/task.ts';
import { Records } from '../follow/records.ts';
import type { StoredRunHandle } from './api.ts';
import { followedMasks } from './followed-masks.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';
import { runMasks } from './run-masks.ts';

/** A run of an earlier session, of which only the result is here: its masks, and nothing that needs its tokens. */
export function openStoredRun(open: OpenClip, result: RunResult, owner: Scope) {
  const scope = new Scope(owner);
  const { followed } = result;
  const masks = followed?.soft
    ? followedMasks(open, result, Records.of(result.grid, followed.soft, followed.sources), scope)
    : runMasks(open, result, scope);
  const handle: StoredRunHandle = proxy({
    ...masks,
    release: () => scope.close(),
  });
  return { scope, handle };
}
