import { Scope, serial } from '../../lib/task.ts';
import { rgbaOf } from './preprocess.ts';
import type { Clip, DecodedFrame, FrameReader } from './types.ts';

/** Pictures of a clip's frames as pixels, one after the other, from a decoder of its own. */
export interface Pictures {
  /** RGBA of frame `index`, scaled to width × height. Calls queue up. Throws `video/…`; an AbortError once it is closed. */
  at(index: number, width: number, height: number): Promise<ImageData>;
  /** Decodes a frame that is about to be asked for, and holds it. If that fails, whoever asks for it gets the error. */
  ahead(index: number): void;
  close(): void;
}

/** The decoder is opened with the first picture, and closed with `owner` at the latest. */
export function createPictures(clip: Clip, owner?: Scope): Pictures {
  const scope = new Scope(owner);
  const { signal } = scope;
  const turn = serial();
  let reader: FrameReader | null = null;
  let held: DecodedFrame | null = null;
  scope.own(null, () => held?.close());

  const decode = (index: number) => {
    reader ??= scope.own(clip.reader(), (opened) => opened.close());
    return reader.at(index, signal);
  };
  /** The held frame, if it is this one; any other is closed. */
  const taken = (index: number): DecodedFrame | null => {
    const frame = held;
    held = null;
    if (frame?.index === index) return frame;
    frame?.close();
    return null;
  };
  return {
    at: (index, width, height) =>
      turn(async () => {
        const frame = taken(index) ?? (await decode(index));
        try {
          return rgbaOf(frame, width, height);
        } finally {
          frame.close();
        }
      }, signal),
    ahead: (index) => {
      const decoding = turn(async () => {
        const frame = await decode(index);
        if (signal.aborted) frame.close();
        else held = frame;
      }, signal);
      decoding.catch(() => undefined);
    },
    close: () => void scope.close(),
  };
}
