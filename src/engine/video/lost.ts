import { isFailure } from './errors.ts';
import type { Clip } from './types.ts';

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
