/** Labels of a frame: 0 is background, every other number an object. */
export interface Labels {
  width: number;
  height: number;
  /** [height, width] */
  labels: Uint16Array;
}
