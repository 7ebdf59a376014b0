/** The part of gifenc that is used here: it brings no types of its own. */
declare module 'gifenc' {
  export type Palette = number[][];
  export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number): Palette;
  export function applyPalette(
    rgba: Uint8Array | Uint8ClampedArray,
    palette: Palette,
  ): Uint8Array<ArrayBuffer>;
  export function GIFEncoder(): {
    /** `delay` in milliseconds. */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette: Palette; delay: number },
    ): void;
    finish(): void;
    /** A copy of what was written since the last reset of the stream. */
    bytes(): Uint8Array<ArrayBuffer>;
    stream: { reset(): void };
  };
}
