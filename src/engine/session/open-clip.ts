import type { Serial } from '../../lib/task.ts';
import type { Exporter } from '../export/exporter.ts';
import type { Library } from '../model/library.ts';
import type { Clip } from '../video/types.ts';
import type { Devices } from './devices.ts';
import type { SessionsFor } from './sessions.ts';
import type { TokensCache } from './tokens-cache.ts';

/** What the clips of an engine share. */
export interface EngineContext {
  library: Library;
  devices: Devices;
  sessionsFor: SessionsFor;
  /** Runs take turns, those of different clips too. */
  turn: Serial;
}

/** A clip that is open, and what its runs share. */
export interface OpenClip extends EngineContext {
  clip: Clip;
  tokens: TokensCache;
  /** What its runs are exported with: an export goes on when a later run takes the place of its own. */
  exports: Exporter;
  files: readonly File[];
}
