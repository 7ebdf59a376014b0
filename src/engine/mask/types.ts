import type { Correction } from './corrections.ts';

/** Where the objects of a frame are, at a chosen size: index of the cluster of every pixel. */
export interface LabelMap {
  width: number;
  height: number;
  /** [height, width] */
  labels: Uint16Array;
}

/** Which masks: the last run's own by default. */
export interface Masks {
  /** Those of the preview at that τ. */
  tau?: number;
  /** A label for every cluster of the leaf level, in place of the final clusters that they divide. */
  parts?: Int32Array;
  /** Corrections on top, in order; not of a preview. */
  strokes?: readonly Correction[];
  /** Outlines along the edges of the picture (the default), or smooth between the tokens. Previews are always smooth. */
  edges?: boolean;
  /**
   * Where only every stride-th frame is analysed: the others take the masks of the nearest, for scores of every frame. By
   * default they have none.
   */
  nearest?: boolean;
}
