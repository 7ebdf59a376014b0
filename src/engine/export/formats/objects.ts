import { canvasOf, drawFrame } from '../canvas.ts';
import { defineFormat, type Job } from '../format.ts';
import { folderOf, frameName } from '../names.ts';

/** Zip of RGBA PNG, `CLIP/1-NAME/00000.png`: the object's pixels, all else transparent. */
export const objects = defineFormat({
  id: 'objects',
  group: 'data',
  suffix: 'objects',
  extension: () => 'zip',
  options: [],
  frames: 'each',
  write: (job) => job.writeZip(entries(job)),
});

async function* entries({ size, selection, stem, pictures }: Job) {
  const context = canvasOf(size);
  const cut = new ImageData(size.width, size.height);
  const out = new Uint32Array(cut.data.buffer);
  for await (const { index, frame, places } of pictures()) {
    drawFrame(context, frame, size);
    const picture = context.getImageData(0, 0, size.width, size.height);
    const pixels = new Uint32Array(picture.data.buffer);
    for (const [place, object] of selection.objects.entries()) {
      for (let i = 0; i < out.length; i++) out[i] = places[i] === place ? pixels[i]! : 0;
      context.putImageData(cut, 0, 0);
      const input = await context.canvas.convertToBlob({ type: 'image/png' });
      yield { name: `${stem}/${folderOf(object)}/${frameName(index, 'png')}`, input };
    }
  }
}
