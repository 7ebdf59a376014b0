import { rgbaOf } from './preprocess.ts';
import type { Clip, FrameReader } from './types.ts';

/** Pictures of a clip's frames as pixels, one after the other, from a decoder of its own. */
export interface Pictures {
  /** RGBA of frame `index`, scaled to width × height. Calls queue up. Throws `video/…`. */
  at(index: number, width: number, height: number): Promise<ImageData>;
  close(): void;
}

/** The decoder is opened with the first picture. */
export function createPictures(clip: Clip): Pictures {
  let reader: FrameReader | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    at(index, width, height) {
      const picture = turn.then(async () => {
        reader ??= clip.reader();
        const frame = await reader.at(index);
        try {
          return rgbaOf(frame, width, height);
        } finally {
          frame.close();
        }
      });
      turn = picture.catch(() => undefined);
      return picture;
    },
    close() {
      reader?.close();
      reader = null;
    },
  };
}
