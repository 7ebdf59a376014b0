import { expect, test } from 'vitest';
import { createRandom } from './random.ts';
import {
  areSpans,
  countWithin,
  firstOutside,
  isWithin,
  NO_SPANS,
  type Spans,
  withOne,
  withoutOne,
} from './spans.ts';

test('spans hold what a set holds, and stay in order and apart', () => {
  const random = createRandom(5);
  const held = new Set<number>();
  let spans: Spans = NO_SPANS;
  for (let step = 0; step < 400; step++) {
    const at = Math.floor(random.next() * 20);
    const before = spans;
    if (random.next() < 0.5) {
      spans = withOne(spans, at);
      expect(spans === before).toBe(held.has(at));
      held.add(at);
    } else {
      spans = withoutOne(spans, at);
      expect(spans === before).toBe(!held.has(at));
      held.delete(at);
    }
    expect(areSpans(spans, 20)).toBe(true);
    const all = Array.from({ length: 20 }, (_, i) => i);
    expect(all.filter((i) => isWithin(spans, i))).toEqual(all.filter((i) => held.has(i)));
    expect(countWithin(spans, 4, 15)).toBe(all.filter((i) => i >= 4 && i < 15 && held.has(i)).length);
    expect(firstOutside(spans, 6, 18)).toBe(all.find((i) => i >= 6 && i < 18 && !held.has(i)) ?? null);
  }
});

test.each<[string, Spans]>([
  ['an empty one', [[2, 2]]],
  ['one that runs backward', [[3, 1]]],
  [
    'two that touch',
    [
      [0, 2],
      [2, 4],
    ],
  ],
  [
    'two in the wrong order',
    [
      [5, 6],
      [1, 2],
    ],
  ],
  ['one past the end', [[8, 11]]],
  ['one before the start', [[-1, 2]]],
])('%s is no span', (_, spans) => expect(areSpans(spans, 10)).toBe(false));
