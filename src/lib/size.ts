/** Of a picture, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Of what lies in rows and columns: tokens, or the cells of a finer grid. */
export interface Cells {
  rows: number;
  columns: number;
}
