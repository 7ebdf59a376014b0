import { create } from 'zustand';
import type { ClipInfo } from '../../engine/video/types.ts';
import type { Scope } from '../../lib/task.ts';
import { PALETTE } from '../model/palette.ts';
import { showFailure } from './notices.ts';

/** A place of the filmstrip; without a picture, and the frame that it is of, until it is decoded. */
export interface Thumbnail {
  place: number;
  frame: number;
  bitmap: ImageBitmap | null;
}

/** The clip that is open. */
export interface ClipState {
  /** Everything that was started for the clip ends with it; null while none is open. */
  scope: Scope | null;
  files: readonly File[];
  info: ClipInfo | null;
  /** A clip is being opened; the one before stays until it is ready. */
  opening: boolean;
  /** One of the page's own samples. */
  sample: boolean;
  thumbnails: readonly Thumbnail[];
  /** Colours for objects, those first that stand out most from its picture. */
  palette: readonly number[];
}

export const NO_CLIP: Omit<ClipState, 'opening'> = {
  scope: null,
  files: [],
  info: null,
  sample: false,
  thumbnails: [],
  palette: PALETTE,
};

export const useClip = create<ClipState>()(() => ({ ...NO_CLIP, opening: false }));

/** Shows an error in the work on the open clip, gone with it. */
export const showClipFailure = (thrown: unknown): void => showFailure(thrown, useClip.getState().scope);
