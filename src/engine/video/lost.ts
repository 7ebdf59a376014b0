import { isFailure } from './errors.ts';
import type { Clip, DecodedFrame } from './types.ts';

/** Whether something thrown says that a frame cannot be decoded: others of the clip may be. */
export const saysLost = (thrown: unknown): boolean =>
  isFailure(thrown, 'video/frame-lost') || isFailure(thrown, 'video/damaged');

/**
 * The frames that are lost, given what decoding one of them threw; none where that says something else. Where the decoder gave
 * up, it would again for those behind it, up to the next key frame.
 */
export function lostWith(
  { keyFrames, info }: Pick<Clip, 'keyFrames' | 'info'>,
  frame: number,
  thrown: unknown,
): number[] {
  if (!saysLost(thrown)) return [];
  if (!isFailure(thrown, 'video/damaged')) return [frame];
  const end = keyFrames.find((key) => key > frame) ?? info.frameCount;
  return Array.from({ length: end - frame }, (_, i) => frame + i);
}

/**
 * Decodes frames with these indices (ascending), in order, as `Clip.frames` does, but passes over those that cannot be decoded.
 * @throws `video/…` where none can be
 *
 * @param lost frames that are known not to be decodable; those that are found to be are added
 */
export async function* decodableFrames(
  clip: Clip,
  indices: readonly number[],
  lost: Set<number>,
  signal?: AbortSignal,
): AsyncGenerator<DecodedFrame, void, undefined> {
  const reader = clip.reader();
  let failed: unknown;
  let some = false;
  try {
    for (const index of indices) {
      if (lost.has(index)) continue;
      const frame = await reader.at(index, signal).catch((thrown: unknown) => {
        for (const gone of lostWith(clip, index, thrown)) lost.add(gone);
        if (!lost.has(index)) throw thrown;
        failed ??= thrown;
        return null;
      });
      if (!frame) continue;
      some = true;
      yield frame;
    }
  } finally {
    reader.close();
  }
  if (!some && failed !== undefined) throw failed;
}
