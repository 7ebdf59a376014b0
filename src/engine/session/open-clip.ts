import { type Precedence, Scope, type Serial } from '../../lib/task.ts';
import type { Backend, Grid } from '../backend/types.ts';
import type { Exporter } from '../export/run/exporter.ts';
import type { Journal } from '../follow/journal.ts';
import type { FollowPlan } from '../follow/plan.ts';
import type { Records } from '../follow/records.ts';
import type { Library } from '../model/library.ts';
import type { Clip } from '../video/types.ts';
import type { Devices } from './devices.ts';
import type { Following } from './following.ts';
import type { OpenJournal } from './journal-file.ts';
import type { SessionsFor } from './sessions.ts';
import type { TokensCache } from './tokens-cache.ts';

/** What the clips of an engine share. */
export interface EngineContext {
  library: Library;
  devices: Devices;
  sessionsFor: SessionsFor;
  /** Runs take turns, those of different clips too. */
  turn: Serial;
  openJournal: OpenJournal;
}

/** A clip that is open, and what its runs share. */
export interface OpenClip extends EngineContext {
  clip: Clip;
  tokens: TokensCache;
  /** The objects found last, and the frames that were followed with them. */
  followed: FollowedCache;
  /** Where followed frames are kept for a later session; null: nowhere. */
  journal: Promise<Journal | null>;
  /** Exports of its runs: an export goes on when a later run replaces its own. */
  exports: Exporter;
  files: readonly File[];
}

/** Objects that were found in a clip, and its frames as far as they were followed. */
export interface FollowedState {
  plan: FollowPlan;
  following: Following;
  records: Records;
  /** Masks that are asked for while frames are followed. */
  masks: Precedence;
  grid: Grid;
  quick: boolean;
  /** Digest of the leaves that were found in the samples. */
  mark: string;
  /** The last step, the search for newcomers and instances, is done. */
  complete: boolean;
  /** Whose rows the leaves are. */
  backend: Backend;
  scope: Scope;
}

/** The newest state of a clip, for runs that differ only in τ or continue after a stop. Ends with `owner`. */
export class FollowedCache {
  private held: { key: string; state: FollowedState } | null = null;

  constructor(private readonly owner: Scope) {
    owner.own(this, async ({ held }) => held?.state.records.release());
  }

  find(key: string): FollowedState | null {
    return this.held?.key === key ? this.held.state : null;
  }

  /** A scope for a state on its way. */
  open(): Scope {
    return new Scope(this.owner);
  }

  /** Replaces the state before, which ends. */
  keep(key: string, state: FollowedState): FollowedState {
    const before = this.held;
    this.held = { key, state };
    if (before && before.state !== state) {
      const { scope, records } = before.state;
      void scope.close().then(() => (records === state.records ? undefined : records.release()));
    }
    return state;
  }
}
