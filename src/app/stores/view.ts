import { create } from 'zustand';
import type { Correction } from '../../engine/mask/corrections.ts';
import type { MotionMap } from '../../engine/session/result.ts';
import type { Size } from '../../lib/size.ts';
import { FIT, type Framing, type Lens } from '../model/lens.ts';

export type Mode = 'masks' | 'attention' | 'hierarchy' | 'distance' | 'motion';
export type Brush = 'paint' | 'erase';
export type PanelTab = 'objects' | 'effects' | 'settings' | 'report';

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

/** A of a token: where the backbone attends within the token's own frame. [rows, columns] */
export interface FrameMap {
  of: TokenAt;
  map: Float32Array;
}

/** D of a token to all tokens of every processed frame, [rows, columns] each; null until it has come. */
export interface DistanceMaps {
  of: TokenAt;
  frames: readonly (Float32Array | null)[];
}

/** What is looked at inside of a run; it means nothing for another. */
interface Look {
  pinned: TokenAt | null;
  attention: AttentionMap | null;
  frameMap: FrameMap | null;
  distances: DistanceMaps | null;
  /** What moves in a clip frame; its map is null where the run does not know. */
  motion: { frame: number; map: MotionMap | null } | null;
  /** Node of the hierarchy that is pointed at. */
  node: number | null;
}

export const NO_LOOK: Look = {
  pinned: null,
  attention: null,
  frameMap: null,
  distances: null,
  motion: null,
  node: null,
};

interface ViewState extends Look {
  /** Clip frame on the stage. */
  frame: number;
  /** Speed of playback: 0 stands still, negative runs backward. */
  speed: number;
  /** How many times wider than its window the timeline is. */
  zoom: number;
  /** How the picture on the stage is looked at, and what there is to look at; null: not laid out yet. */
  lens: Lens;
  framing: Framing | null;
  /** The picture has been dragged since Space was pressed, which then means nothing else. */
  dragged: boolean;
  mode: Mode;
  /** Level of the hierarchy that is shown; null: the one below the run's own clusters. */
  level: number | null;
  /** Pixels of the masks that the stage paints; 0 while it paints none. */
  painted: Size;
  /** Corrections that the masks on the stage are with; null: it has none yet. */
  corrected: readonly Correction[] | null;
  /** Where the picture is parted into before and after, as a share of its width; null: it is not. */
  compare: number | null;
  /** Clip frame of the picture on the stage, set whenever one is drawn; null: none yet. */
  pictured: { frame: number } | null;
  /** What the brush does; null: pointing selects. */
  brush: Brush | null;
  /** The next stroke that paints begins an object of its own. */
  brushFresh: boolean;
  /** Radius of the brush, as a share of the picture's width. */
  brushRadius: number;
  /** Strokes whose tokens in the other frames are being looked for. */
  propagating: number;
  tab: PanelTab;
  /** Whether what readers of the paper look for is unfolded. */
  research: boolean;
  /** Whether the list of classes is unfolded. */
  classes: boolean;
  help: boolean;
  /** Object whose menu is open where the pointer was pressed, and where in the window that was. */
  menu: { id: number; x: number; y: number } | null;
  /** Object whose name is being written. */
  renaming: number | null;
}

/** The frame whose picture is on the stage: masks go with it. */
export const shownFrame = ({ pictured, frame }: Pick<ViewState, 'pictured' | 'frame'>): number =>
  pictured?.frame ?? frame;

/** Of the open clip: another one is looked at afresh. What is not here is a habit of the user's, or of the page's layout. */
export const NO_VIEW = {
  frame: 0,
  speed: 0,
  zoom: 1,
  lens: FIT,
  dragged: false,
  mode: 'masks',
  level: null,
  corrected: null,
  ...NO_LOOK,
  compare: null,
  pictured: null,
  brush: null,
  brushFresh: false,
  tab: 'objects',
  menu: null,
  renaming: null,
} satisfies Partial<ViewState>;

export const useView = create<ViewState>()(() => ({
  ...NO_VIEW,
  framing: null,
  painted: { width: 0, height: 0 },
  brushRadius: 0.03,
  propagating: 0,
  research: false,
  classes: false,
  help: false,
}));
