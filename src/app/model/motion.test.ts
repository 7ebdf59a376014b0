import { expect, test } from 'vitest';
import { arrowsOf } from './motion.ts';

/** A picture of 4 × 8 cells of 4 pixels, the left half of which moves right by 2 pixels and down by 1. */
const map = () => {
  const [rows, columns] = [4, 8];
  const moves = Array.from({ length: rows * columns }, (_, at) => at % columns < 4);
  return {
    rows,
    columns,
    width: 32,
    m: Float32Array.from(moves, (moving) => (moving ? 0.9 : 0.1)),
    drift: Float32Array.from([...moves.map((it) => (it ? 2 : 0)), ...moves.map((it) => (it ? 1 : 0))]),
  };
};

test('arrows stand where something moves, and are as long as the way of four frames', () => {
  const arrows = arrowsOf(map());
  expect(arrows).toHaveLength(16);
  expect(Math.max(...arrows.map(({ x }) => x))).toBeLessThan(0.5);
  for (const { dx, dy } of arrows) {
    expect(dx).toBeCloseTo((4 * 2) / 32, 5);
    expect(dy).toBeCloseTo((4 * 1) / 16, 5);
  }
});

test('what stands still has no arrow, however sure the net is', () => {
  const still = map();
  still.m.fill(1);
  still.drift.fill(0);
  expect(arrowsOf(still)).toEqual([]);
});

test('squares of several cells have one arrow, of the mean weighed by m', () => {
  const [rows, columns] = [2, 48];
  const m = new Float32Array(rows * columns).fill(0);
  m.fill(1, 0, 2);
  const drift = new Float32Array(2 * rows * columns);
  drift.fill(3, 0, 2);
  // Not counted: m is 0 there.
  drift.fill(-50, columns, columns + 2);
  const [arrow, ...others] = arrowsOf({ rows, columns, m, drift, width: 192 });
  expect(others).toEqual([]);
  expect(arrow).toMatchObject({ x: 1 / 48, y: 0.5 });
  expect(arrow!.dx).toBeCloseTo((4 * 3) / 192, 6);
});
