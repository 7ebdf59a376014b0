import { expect, test } from 'vitest';
import { barsIn, binning } from './histogram.ts';

test('bins end where the range ends, with one more for all beyond', () => {
  const { most, bins } = binning([0.5, 2.5], 40);
  expect(bins).toBe(51);
  expect((most / bins) * (bins - 1)).toBeCloseTo(2.5, 9);
});

test('bars are cut to the range, the highest is 1, and few stay in sight beside many', () => {
  // Four bins of 1 and one for all beyond.
  const shares = Float32Array.of(0.3, 0.01, 0.16, 0, 0.53);
  const bars = barsIn({ most: 5, shares }, [0.5, 4]);
  expect(bars.map(({ from }) => from)).toEqual([0, 0.5 / 3.5, 1.5 / 3.5, 2.5 / 3.5]);
  expect(bars.at(-1)!.to).toBe(1);
  expect(bars[0]!.height).toBe(1);
  expect(bars[1]!.height).toBeCloseTo(Math.sqrt(1 / 30), 5);
});

test('no distance in the range: nothing is drawn', () => {
  expect(barsIn({ most: 3, shares: Float32Array.of(0, 0, 1) }, [0, 2])).toEqual([]);
});
