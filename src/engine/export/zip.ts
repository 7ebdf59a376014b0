import { makeZip } from 'client-zip';
import { davisPalette, encodeMask, MOST_INDICES } from '../mask/mask-png.ts';
import { canvasOf, drawFrame } from './canvas.ts';
import type { ExportFrame, PicturedFrame, Size } from './frames.ts';
import { folderOf, frameName } from './names.ts';
import type { ExportObject } from './types.ts';

interface Entry {
  name: string;
  input: Uint8Array<ArrayBuffer> | Blob;
}

/** A zip, made as its entries come. */
export async function* zipOf(
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  // Lives as long as the reading: leaving early closes the entries, and with them the decoder.
  for await (const part of makeZip(entries)) yield Uint8Array.from(part);
}

/**
 * Indexed PNG of every frame, `FOLDER/00000.png`: 0 is the background, an object's number its index. Objects with numbers
 * above 254, for which there is no index, are background too.
 */
export async function* davisEntries(
  frames: AsyncIterable<ExportFrame>,
  objects: readonly ExportObject[],
  { width, height }: Size,
  folder: string,
): AsyncGenerator<Entry, void, undefined> {
  const palette = davisPalette();
  const numbers = Uint16Array.from([...objects.map(({ index }) => (index > MOST_INDICES ? 0 : index)), 0]);
  for await (const { index, places } of frames) {
    const labels = places.map((place) => numbers[place]!);
    const input = await encodeMask({ width, height, labels }, palette);
    yield { name: `${folder}/${frameName(index, 'png')}`, input };
  }
}

/** Every object's pixels as RGBA PNG, `FOLDER/1-NAME/00000.png`; a frame that it is not in is wholly transparent. */
export async function* objectEntries(
  frames: AsyncIterable<PicturedFrame>,
  objects: readonly ExportObject[],
  size: Size,
  folder: string,
): AsyncGenerator<Entry, void, undefined> {
  const context = canvasOf(size);
  const cut = new ImageData(size.width, size.height);
  const out = new Uint32Array(cut.data.buffer);
  for await (const { index, frame, places } of frames) {
    drawFrame(context, frame, size);
    const picture = context.getImageData(0, 0, size.width, size.height);
    const pixels = new Uint32Array(picture.data.buffer);
    for (const [place, object] of objects.entries()) {
      for (let i = 0; i < out.length; i++) out[i] = places[i] === place ? pixels[i]! : 0;
      context.putImageData(cut, 0, 0);
      const input = await context.canvas.convertToBlob({ type: 'image/png' });
      yield { name: `${folder}/${folderOf(object)}/${frameName(index, 'png')}`, input };
    }
  }
}
