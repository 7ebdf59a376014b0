import { create } from 'zustand';
import type { ClipInfo } from '../../engine/video/types.ts';

/** A place of the filmstrip; without a picture, and the frame that it is of, until it is decoded. */
export interface Thumbnail {
  place: number;
  frame: number;
  bitmap: ImageBitmap | null;
}

/** The clip that is open. */
interface ClipState {
  files: readonly File[];
  info: ClipInfo | null;
  /** A clip is being opened; the one before stays until it is ready. */
  opening: boolean;
  /** One of the page's own samples. */
  sample: boolean;
  thumbnails: readonly Thumbnail[];
}

export const useClip = create<ClipState>()(() => ({
  files: [],
  info: null,
  opening: false,
  sample: false,
  thumbnails: [],
}));
