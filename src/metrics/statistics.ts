/** What DAVIS reports of a measure over the frames of a sequence. */
export interface Statistics {
  mean: number;
  /** Share of frames above 0.5. */
  recall: number;
  /** Mean of the first quarter of the frames less that of the last: what is lost over time. */
  decay: number;
}

/**
 * Mean, recall and decay of a measure's values frame by frame (Perazzi et al., CVPR 2016, Sec. 5.1). Quarters are cut
 * as the benchmark does: at round(1 + k·(n - 1)/4), halves up, each quarter holding both of its ends.
 */
export function statistics(values: ArrayLike<number>): Statistics {
  const all = Array.from(values);
  const cut = (k: number) => Math.floor(1 + (k * (all.length - 1)) / 4 + 0.5 + 1e-10) - 1;
  return {
    mean: mean(all),
    recall: mean(all.map((value) => (value > 0.5 ? 1 : 0))),
    decay: mean(all.slice(0, cut(1) + 1)) - mean(all.slice(cut(3), cut(4) + 1)),
  };
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
