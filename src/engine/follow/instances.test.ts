import { describe, expect, test } from 'vitest';
import { distancesTo, instancesOf } from './instances.ts';

const grid = { rows: 12, columns: 20 };

interface Box {
  x: number;
  y: number;
  width?: number;
  height?: number;
}

/** Tokens of some boxes, ascending, each once. */
const tokensOf = (...boxes: Box[]): number[] => {
  const tokens = new Set<number>();
  for (const { x, y, width = 3, height = 3 } of boxes)
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++)
        if (row >= 0 && row < grid.rows && column >= 0 && column < grid.columns)
          tokens.add(row * grid.columns + column);
  return [...tokens].sort((a, b) => a - b);
};

/** Instance of the token at a place in a frame. */
const at = (frames: number[][], of: readonly Uint8Array[], frame: number, x: number, y: number) =>
  of[frame]![frames[frame]!.indexOf(y * grid.columns + x)];

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('instances of a cluster', () => {
  test('what is one piece is one instance', () => {
    expect(
      instancesOf(
        range(6).map((t) => tokensOf({ x: t, y: 4 })),
        grid,
      ).count,
    ).toBe(1);
    expect(instancesOf([], grid).count).toBe(1);
    expect(instancesOf([[], [], []], grid).count).toBe(1);
  });

  test('two that cross keep their identity, though they are one piece on the way', () => {
    const places = range(13).map(
      (t) =>
        [
          { x: t, y: 3 },
          { x: 14 - t, y: 4 },
        ] as const,
    );
    const frames = places.map((boxes) => tokensOf(...boxes));
    const { count, of } = instancesOf(frames, grid);
    expect(count).toBe(2);
    const first = at(frames, of, 0, 1, 3);
    for (const frame of [1, 2, 3, 10, 11, 12]) {
      const [a, b] = places[frame]!;
      expect(at(frames, of, frame, a.x + 1, 3), `frame ${frame}`).toBe(first);
      expect(at(frames, of, frame, b.x + 1, 6), `frame ${frame}`).toBe(1 - first!);
    }
    expect(new Set(of[7]), 'both are there while they meet').toEqual(new Set([0, 1]));
  });

  test('one that leaves and one that stays: what stays keeps its name, what comes back has its own', () => {
    const frames = range(12).map((t) =>
      t >= 4 && t < 7 ? tokensOf({ x: 2, y: 6 }) : tokensOf({ x: 2, y: 6 }, { x: 14, y: 2 }),
    );
    const { count, of } = instancesOf(frames, grid);
    expect(count).toBe(2);
    const stays = at(frames, of, 0, 3, 7);
    for (const frame of range(12)) expect(at(frames, of, frame, 3, 7)).toBe(stays);
    for (const frame of [0, 3, 7, 11]) expect(at(frames, of, frame, 15, 3)).toBe(1 - stays!);
  });

  test('pieces that stay beside each other are one thing', () => {
    const legs = range(8).map((t) =>
      tokensOf({ x: 4 + t, y: 1, width: 6 }, { x: 4 + t, y: 6 }, { x: 8 + t, y: 6, width: 2 }),
    );
    expect(instancesOf(legs, grid).count).toBe(1);
  });

  test('crumbs, and what is apart for a few frames only, are no instances', () => {
    const crumbs = range(9).map((t) =>
      tokensOf({ x: 3, y: 3, width: 6, height: 4 }, { x: 16, y: 9, width: 1, height: 2 + (t % 2) }),
    );
    expect(instancesOf(crumbs, grid).count).toBe(1);
    const seldom = range(9).map((t) => tokensOf({ x: 3, y: 3 }, ...(t < 2 ? [{ x: 15, y: 3 }] : [])));
    expect(instancesOf(seldom, grid).count).toBe(1);
  });

  test('three of a flock are three, and every token is of one', () => {
    const frames = range(10).map((t) => tokensOf({ x: t, y: 0 }, { x: t, y: 6, height: 2 }, { x: 13, y: 8 }));
    const { count, of } = instancesOf(frames, grid);
    expect(count).toBe(3);
    for (const [frame, tokens] of frames.entries()) {
      expect(of[frame]).toHaveLength(tokens.length);
      expect(new Set(of[frame]).size).toBe(3);
    }
  });
});

test('distances are those of steps along, across and diagonally', () => {
  const away = distancesTo([2 * grid.columns + 2], grid);
  expect(away[2 * grid.columns + 2]).toBe(0);
  expect(away[2 * grid.columns + 7]).toBeCloseTo(5);
  expect(away[5 * grid.columns + 5]).toBeCloseTo(3 * Math.SQRT2);
  expect(away[0]).toBeCloseTo(2 * Math.SQRT2);
  expect(away[11 * grid.columns + 3]).toBeCloseTo(8 + Math.SQRT2);
});
