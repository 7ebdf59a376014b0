import { proxy } from 'comlink';
import { Scope } from '../../lib/task.ts';
import type { RunResult } from '../settings/run.ts';
import type { StoredRunHandle } from './api.ts';
import type { OpenClip } from './clip.ts';
import { runMasks } from './run-masks.ts';

/** A run of an earlier session, of which only the result is here: its masks, and nothing that needs its tokens. */
export function openStoredRun(open: OpenClip, result: RunResult, owner: Scope) {
  const scope = new Scope(owner);
  const handle: StoredRunHandle = proxy({
    ...runMasks(open, result, scope),
    release: () => scope.close(),
  });
  return { scope, handle };
}
