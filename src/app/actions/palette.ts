import type { Scope } from '../../lib/task.ts';
import { paletteFor } from '../model/palette.ts';
import { useClip } from '../stores/clip.ts';
import { until } from '../stores/until.ts';

/** Pixels of the filmstrip's first picture that are sampled. Masks must not wait for the other pictures. */
const [WIDTH, HEIGHT] = [32, 18];

let known: Promise<void> = Promise.resolve();

/** Resolves once the open clip's palette is known: nothing is shown in its colours before. */
export const paletteKnown = (): Promise<void> => known;

/** Orders the palette by the first picture of a clip's filmstrip, if there is one. */
export function colourBy(filmstrip: Promise<void>, { signal }: Scope): void {
  const first = until(useClip, ({ thumbnails }) => signal.aborted || thumbnails[0]?.bitmap != null);
  known = Promise.race([filmstrip, first]).then(() => {
    if (!signal.aborted) useClip.setState({ palette: paletteFor(firstPicture()) });
  });
}

function firstPicture(): Uint8ClampedArray {
  const bitmap = useClip.getState().thumbnails[0]?.bitmap;
  if (!bitmap) return new Uint8ClampedArray(0);
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, WIDTH, HEIGHT);
  return context.getImageData(0, 0, WIDTH, HEIGHT).data;
}
