import { composite, type Looks, type Scene, sceneOf } from '../src/engine/mask/compositor.ts';
import { type Effects, USUAL_EFFECTS } from '../src/engine/mask/effects.ts';
import { createRandom } from '../src/lib/random.ts';

export const [width, height] = [83, 57];
const random = createRandom(5);
/** RGBA of slopes with some noise, so that blurs and blocks have something to average. */
export const picture = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
  const [x, y] = [Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
  const slope = [3 * x, 4 * y, 255 - 2 * x, 255][i % 4]!;
  return i % 4 === 3 ? 255 : slope + 40 * (random.next() - 0.5);
});
/** Three discs, of objects 0 to 2, before what belongs to none. */
export const labels = Uint16Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  const discs = [
    [20, 20, 13],
    [50, 30, 15],
    [70, 48, 11],
  ] as const;
  const found = discs.findIndex(([cx, cy, radius]) => Math.hypot(x - cx, y - cy) < radius);
  return found < 0 ? 3 : found;
});

export const scene = (effects: Partial<Effects>, looks: Looks): Scene =>
  sceneOf({ width, height, labels }, null, looks, { ...USUAL_EFFECTS, ...effects }, 1);

/** The picture as the compositor's definition makes it. */
export function composed(effects: Partial<Effects>, looks: Looks): Uint8ClampedArray {
  const pixels = picture.slice();
  composite(pixels, scene(effects, looks));
  return pixels;
}
