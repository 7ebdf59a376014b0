import { create } from 'zustand';
import type { ClipInfo } from '../../engine/video/types.ts';
import type { Recent } from '../project/store.ts';

/** Work that comes back with a clip that is being opened. */
export interface Returning {
  /** Under which the browser keeps it already; null: it came as a file. */
  id: string | null;
  /** Throws where the clip is not its own. */
  check(info: ClipInfo): void;
  /** Shows it, as long as `wanted` says that no other clip was opened meanwhile. */
  comeBack(wanted: () => boolean): Promise<void>;
}

/** How the work on the open clip is kept in this browser. */
interface ProjectState {
  /** Null while no clip is open. */
  id: string | null;
  state: 'saving' | 'saved' | 'failed' | null;
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
