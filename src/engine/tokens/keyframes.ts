/**
 * The key frames of App. A: T' = max(1, ⌊ratio · T⌋) of T frames, spread evenly from the first on; ascending.
 * Any clip has at least one, however short.
 */
export function keyFrames(frames: number, ratio: number): number[] {
  // The sliver undoes products such as 0.29 · 100 = 28.999….
  const count = Math.max(1, Math.floor(ratio * frames + 1e-9));
  return Array.from({ length: count }, (_, i) => Math.floor((i * frames) / count));
}
