import { Scope, serial } from '../../lib/task.ts';
import { rgbaOf } from './preprocess.ts';
import type { Clip, FrameReader } from './types.ts';

/** Pictures of a clip's frames as pixels, one after the other, from a decoder of its own. */
export interface Pictures {
  /** RGBA of frame `index`, scaled to width × height. Calls queue up. Throws `video/…`; an AbortError once it is closed. */
  at(index: number, width: number, height: number): Promise<ImageData>;
  close(): void;
}

/** The decoder is opened with the first picture, and closed with `owner` at the latest. */
export function createPictures(clip: Clip, owner?: Scope): Pictures {
  const scope = new Scope(owner);
  const { signal } = scope;
  const turn = serial();
  let reader: FrameReader | null = null;
  return {
    at: (index, width, height) =>
      turn(async () => {
        reader ??= scope.own(clip.reader(), (opened) => opened.close());
        const frame = await reader.at(index, signal);
        try {
          return rgbaOf(frame, width, height);
        } finally {
          frame.close();
        }
      }, signal),
    close: () => void scope.close(),
  };
}
