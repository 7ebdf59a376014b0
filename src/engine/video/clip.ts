import type { Clip, ClipInfo, DecodedFrame, FrameReader } from './types.ts';

/** What a kind of source has to give for a clip to be made of it. */
export interface Source {
  info: ClipInfo;
  keyFrames: Int32Array;
  reader(): FrameReader;
  close(): void;
}

/** A clip over a source: `frames` for all kinds of them, and an end to all readers when the clip is closed. */
export function clipOf(source: Source): Clip {
  const readers = new Set<FrameReader>();
  const reader = (): FrameReader => {
    const inner = source.reader();
    readers.add(inner);
    return {
      at: async (index, signal) => {
        if (!Number.isInteger(index) || index < 0 || index >= source.info.frameCount)
          throw new RangeError(`There is no frame ${index} in a clip of ${source.info.frameCount}.`);
        return inner.at(index, signal);
      },
      close: () => {
        readers.delete(inner);
        inner.close();
      },
    };
  };
  return {
    info: source.info,
    keyFrames: source.keyFrames,
    reader,
    frames: (indices, signal) => framesOf(reader(), indices, signal),
    close: () => {
      for (const open of readers) open.close();
      readers.clear();
      source.close();
    },
  };
}

async function* framesOf(
  reader: FrameReader,
  indices: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<DecodedFrame, void, undefined> {
  try {
    for (const index of indices) yield await reader.at(index, signal);
  } finally {
    reader.close();
  }
}
