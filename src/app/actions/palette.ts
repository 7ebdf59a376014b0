import type { Scope } from '../../lib/task.ts';
import { paletteFor } from '../model/palette.ts';
import { useClip } from '../stores/clip.ts';

/** Pictures of the filmstrip that are looked at, from its start: masks must not wait for all of a long clip's. */
const PICTURES = 8;
/** Pixels that each picture of the filmstrip is looked at in. */
const [WIDTH, HEIGHT] = [32, 18];

let known: Promise<void> = Promise.resolve();

/** Resolves once the open clip's palette is known: nothing that it colours is shown before. */
export const paletteKnown = (): Promise<void> => known;

/** Orders the palette by what a clip's filmstrip shows first: always by the same pictures, or by all that it comes to have. */
export function colourBy(filmstrip: Promise<void>, { signal }: Scope): void {
  let stop = () => {};
  const enough = new Promise<void>((resolve) => {
    stop = useClip.subscribe(({ thumbnails }) => {
      if (thumbnails.slice(0, PICTURES).every(({ bitmap }) => bitmap !== null)) resolve();
    });
  });
  known = Promise.race([filmstrip, enough]).then(() => {
    stop();
    if (!signal.aborted) useClip.setState({ palette: paletteFor(pixelsOfFilmstrip()) });
  });
}

function pixelsOfFilmstrip(): Uint8ClampedArray {
  const bitmaps = useClip
    .getState()
    .thumbnails.slice(0, PICTURES)
    .flatMap(({ bitmap }) => bitmap ?? []);
  if (bitmaps.length === 0) return new Uint8ClampedArray(0);
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT * bitmaps.length);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  bitmaps.forEach((bitmap, place) => {
    context.drawImage(bitmap, 0, place * HEIGHT, WIDTH, HEIGHT);
  });
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}
