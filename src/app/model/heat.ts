/** A map's values from its least to its greatest as 0..1, [frames][rows · columns]; one scale, so that frames compare. */
export function stretched(map: Float32Array, frames: number): Float32Array[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of map) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high > low ? high - low : 1;
  const n = map.length / frames;
  return Array.from({ length: frames }, (_, frame) =>
    map.subarray(frame * n, (frame + 1) * n).map((value) => (value - low) / span),
  );
}

/** Distances as nearness: 1 at 0, a half at τ, towards 0 beyond. So what would join the token is the warm half. */
export const nearness = (distances: Float32Array, tau: number): Float32Array =>
  distances.map((distance) => tau / (tau + distance));
