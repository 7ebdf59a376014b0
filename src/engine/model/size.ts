export interface RoundedSize {
  height: number;
  width: number;
  /** A sentence on what was changed; null where nothing was. */
  note: string | null;
}

/** The nearest size whose sides are multiples of the patch (at least two patches), and what was done to reach it. */
export function roundSize(size: { height: number; width: number }, patch: number): RoundedSize {
  const round = (pixels: number) => Math.max(2, Math.round(pixels / patch)) * patch;
  const height = round(size.height);
  const width = round(size.width);
  const same = height === size.height && width === size.width;
  const note = `${size.height}×${size.width} became ${height}×${width}: the model needs multiples of ${patch} pixels.`;
  return { height, width, note: same ? null : note };
}
