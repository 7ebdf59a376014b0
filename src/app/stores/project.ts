import { create } from 'zustand';
import type { ClipInfo } from '../../engine/video/types.ts';
import type { Scope } from '../../lib/task.ts';
import type { Recent } from '../project/document.ts';

/** Work that comes back with a clip that is being opened. */
export interface Returning {
  /** Under which the browser keeps it already; null: it came as a file. */
  id: string | null;
  /** Whether it was worked on, so that it stays in the list whatever is done now. */
  worked: boolean;
  /** Throws where the clip is not its own. */
  check(info: ClipInfo): void;
  /** Shows it, unless the clip is gone meanwhile. */
  comeBack(scope: Scope): Promise<void>;
}

/** How the work on the open clip is kept in this browser. */
interface ProjectState {
  /** Null while no clip is open. */
  id: string | null;
  /** `clipless`: the work is saved, its clip is not. */
  state: 'saving' | 'saved' | 'clipless' | 'failed' | null;
  recent: readonly Recent[];
  /** A project whose clip did not come along: the next clip to be dropped should be its own. */
  awaited: Returning | null;
}

export const useProject = create<ProjectState>()(() => ({
  id: null,
  state: null,
  recent: [],
  awaited: null,
}));
