import { expose, transfer } from 'comlink';
import type { ViewerApi } from '../src/engine/session/api.ts';
import { createViewer } from '../src/engine/video/viewer.ts';
import { keepErrorsWhole } from '../src/lib/wire.ts';

keepErrorsWhole();
const viewer = createViewer();

/** The viewer, its bitmaps handed over rather than copied. */
const exposed: ViewerApi = {
  ...viewer,
  frame: async (index, width, height) => {
    const bitmap = await viewer.frame(index, width, height);
    return transfer(bitmap, [bitmap]);
  },
  play: (from, width, height, onFrame) =>
    viewer.play(from, width, height, (index, bitmap) => onFrame(index, transfer(bitmap, [bitmap]))),
  filmstrip: (count, height, onThumbnail) =>
    viewer.filmstrip(count, height, (place, index, bitmap) =>
      onThumbnail(place, index, transfer(bitmap, [bitmap])),
    ),
};

expose(exposed);
