/** Fewer grey levels than this between black and white have to lie well between them to be an edge. */
const FEW_LEVELS = 3;
/** So many levels, none of them an area, are an edge even where noise hides its slope. */
const MANY_LEVELS = 8;
/** Share of the grey pixels that an edge may leave flat, and share that has to lie on a slope. */
const MOST_FLAT = 0.1;
const LEAST_SLOPE = 0.6;
/** Share of the brightest level that counts as the inside of an object. */
const INSIDE = 0.9;
/** Share of white that the brightest pixel has to reach. */
const BRIGHT = 0.75;

/**
 * Whether a grey picture [height, width] is a mask of black and white whose edges are soft (smoothed, scaled or saved
 * with loss), and not one where each level is an object: its greys form no areas, but slopes from dark to bright.
 * `white`: the greatest level that its depth allows.
 */
export function hasSoftEdges(
  levels: Uint8Array | Uint16Array,
  width: number,
  height: number,
  white: number,
): boolean {
  let brightest = 0;
  for (const level of levels) if (level > brightest) brightest = level;
  if (brightest < BRIGHT * white) return false;
  const bright = (at: number) => levels[at]! >= INSIDE * brightest;
  let inside = false;
  const seen = new Set<number>();
  let [grey, flat, slope] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const level = levels[i]!;
      const rim = x === 0 || y === 0 || x === width - 1 || y === height - 1;
      inside ||= !rim && bright(i) && [i - 1, i + 1, i - width, i + width].every(bright);
      if (level === 0 || level === brightest) continue;
      grey++;
      seen.add(level);
      let [above, below, same] = [false, false, true];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
          const other = levels[i + dy * width + dx]!;
          if (other > level) above = true;
          else if (other < level) below = true;
          if (other !== level && (dx === 0 || dy === 0)) same = false;
        }
      }
      if (same) flat++;
      if (above && below) slope++;
    }
  }
  if (!inside || grey === 0 || flat > MOST_FLAT * grey) return false;
  const middling = [...seen].every((level) => level > (1 - INSIDE) * brightest && level < INSIDE * brightest);
  if (seen.size < FEW_LEVELS && !middling) return false;
  return slope >= LEAST_SLOPE * grey || seen.size >= MANY_LEVELS;
}
