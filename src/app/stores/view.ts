import { create } from 'zustand';

export type Mode = 'masks' | 'attention';
export type PanelTab = 'objects' | 'settings' | 'report';

/** A token: place among the processed frames, row and column of the grid. */
export interface TokenAt {
  frame: number;
  row: number;
  column: number;
}

/** Where a token attends (Fig. 1): [key frames, rows, columns], and which clip frames these are. */
export interface AttentionMap {
  of: TokenAt;
  frames: Int32Array;
  map: Float32Array;
}

interface ViewState {
  /** Clip frame on the stage. */
  frame: number;
  /** Speed of playback: 0 stands still, negative runs backward. */
  speed: number;
  mode: Mode;
  pinned: TokenAt | null;
  attention: AttentionMap | null;
  tab: PanelTab;
  help: boolean;
  /** Object whose name is being written. */
  renaming: number | null;
}

export const useView = create<ViewState>()(() => ({
  frame: 0,
  speed: 0,
  mode: 'masks',
  pinned: null,
  attention: null,
  tab: 'settings',
  help: false,
  renaming: null,
}));
