/** Frames a second: one over the median duration. */
export function usualRate(durations: Float64Array): number {
  const middle = Float64Array.from(durations).sort()[durations.length >> 1] ?? 0;
  return middle > 0 ? 1 / middle : 1;
}

/** Rates that film and video run at, in frames a second; NTSC's are the whole ones slowed by 1000/1001. */
const RATES = [5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240].flatMap((rate) => [
  rate,
  (rate * 1000) / 1001,
]);

/** Half of the thousandth that WebM rounds times to. */
const ROUNDING = 0.00051;

/**
 * The rate whose ticks all frames lie on, one after another; null where frames last unequally or at an odd rate.
 * With it MP4 holds the times exactly.
 *
 * @param times start of every frame in seconds, the first 0
 */
export function constantRate(times: Float64Array): number | null {
  if (times.length < 2) return null;
  const off = (rate: number) =>
    times.reduce((most, time, frame) => Math.max(most, Math.abs(time - frame / rate)), 0);
  const best = RATES.map((rate) => ({ rate, off: off(rate) })).reduce((a, b) => (b.off < a.off ? b : a));
  return best.off < ROUNDING ? best.rate : null;
}
