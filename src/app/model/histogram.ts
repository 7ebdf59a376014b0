/**
 * Bins of a histogram over 0..`high` that put about `count` of them between `low` and `high`, and one more for all
 * beyond: what EngineApi.histogram is asked with.
 */
export function binning(
  [low, high]: readonly [number, number],
  count: number,
): { most: number; bins: number } {
  const bins = Math.max(1, Math.round((count * high) / (high - low)));
  return { most: (high * (bins + 1)) / bins, bins: bins + 1 };
}

/**
 * Heights of a histogram's bins that lie in a range, for drawing over an axis of that range: [from, to] along the axis
 * and height, all 0..1. Heights are square roots of the shares, the highest 1, so that few distances stay in sight beside
 * many. The last bin holds all beyond and is left out.
 */
export function barsIn(
  { most, shares }: { most: number; shares: ArrayLike<number> },
  [low, high]: readonly [number, number],
): { from: number; to: number; height: number }[] {
  const width = most / shares.length;
  const bars = Array.from({ length: shares.length - 1 }, (_, bin) => ({
    from: Math.max(0, (bin * width - low) / (high - low)),
    to: Math.min(1, ((bin + 1) * width - low) / (high - low)),
    height: Math.sqrt(shares[bin]!),
  })).filter(({ from, to }) => to - from > 1e-9);
  const top = Math.max(0, ...bars.map(({ height }) => height));
  return top > 0 ? bars.map((bar) => ({ ...bar, height: bar.height / top })) : [];
}
