/**
 * The key frames of App. A: T' = max(1, ⌊ratio · T⌋) of T frames, spread evenly from the first on; ascending.
 * Any clip has at least one, however short.
 */
export function keyFrames(frames: number, ratio: number): number[] {
  const count = Math.max(1, Math.floor(ratio * frames));
  return Array.from({ length: count }, (_, i) => Math.floor((i * frames) / count));
}
