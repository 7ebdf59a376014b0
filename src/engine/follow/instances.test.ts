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

/** The instances of a cluster of one leaf, unless `leafOf` says which a token has, in one shot or more. */
const found = (
  frames: number[][],
  shots = [{ start: 0, end: frames.length }],
  leafOf: (frame: number, token: number) => number = () => 0,
) => {
  const leaves = frames.map((tokens, frame) => tokens.map((token) => leafOf(frame, token)));
  return instancesOf({ tokens: frames, leaves }, grid, shots, async () => undefined);
};

/** Instance of the token at a place in a frame. */
const at = (frames: number[][], of: readonly Uint8Array[], frame: number, x: number, y: number) =>
  of[frame]![frames[frame]!.indexOf(y * grid.columns + x)];

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('instances of a cluster', () => {
  test('what is one piece is one instance', async () => {
    expect((await found(range(6).map((t) => tokensOf({ x: t, y: 4 })))).count).toBe(1);
    expect((await found([])).count).toBe(1);
    expect((await found([[], [], []])).count).toBe(1);
  });

  test('two that cross keep their identity, though they are one piece on the way', async () => {
    const places = range(13).map(
      (t) =>
        [
          { x: t, y: 3 },
          { x: 14 - t, y: 4 },
        ] as const,
    );
    const frames = places.map((boxes) => tokensOf(...boxes));
    const { count, of } = await found(frames);
    expect(count).toBe(2);
    const first = at(frames, of, 0, 1, 3);
    for (const frame of [1, 2, 3, 10, 11, 12]) {
      const [a, b] = places[frame]!;
      expect(at(frames, of, frame, a.x + 1, 3), `frame ${frame}`).toBe(first);
      expect(at(frames, of, frame, b.x + 1, 6), `frame ${frame}`).toBe(1 - first!);
    }
    expect(new Set(of[7]), 'both are there while they meet').toEqual(new Set([0, 1]));
  });

  test('one that leaves and one that stays: what stays keeps its name, what comes back has its own', async () => {
    const frames = range(12).map((t) =>
      t >= 4 && t < 7 ? tokensOf({ x: 2, y: 6 }) : tokensOf({ x: 2, y: 6 }, { x: 14, y: 2 }),
    );
    const { count, of } = await found(frames);
    expect(count).toBe(2);
    const stays = at(frames, of, 0, 3, 7);
    for (const frame of range(12)) expect(at(frames, of, frame, 3, 7)).toBe(stays);
    for (const frame of [0, 3, 7, 11]) expect(at(frames, of, frame, 15, 3)).toBe(1 - stays!);
  });

  test('pieces that stay beside each other are one thing', async () => {
    const legs = range(8).map((t) =>
      tokensOf({ x: 4 + t, y: 1, width: 6 }, { x: 4 + t, y: 6 }, { x: 8 + t, y: 6, width: 2 }),
    );
    expect((await found(legs)).count).toBe(1);
  });

  test('specks, and what is apart for a few frames only, are no instances', async () => {
    const specks = range(9).map((t) =>
      tokensOf({ x: 3, y: 3, width: 6, height: 4 }, { x: 16, y: 9, width: 1, height: 2 + (t % 2) }),
    );
    expect((await found(specks)).count).toBe(1);
    const seldom = range(9).map((t) => tokensOf({ x: 3, y: 3 }, ...(t < 2 ? [{ x: 15, y: 3 }] : [])));
    expect((await found(seldom)).count).toBe(1);
  });

  test('three of a flock are three, and every token is of one', async () => {
    const frames = range(10).map((t) => tokensOf({ x: t, y: 0 }, { x: t, y: 6, height: 2 }, { x: 13, y: 8 }));
    const { count, of } = await found(frames);
    expect(count).toBe(3);
    for (const [frame, tokens] of frames.entries()) {
      expect(of[frame]).toHaveLength(tokens.length);
      expect(new Set(of[frame]).size).toBe(3);
    }
  });
});

describe('over a cut', () => {
  const shots = [
    { start: 0, end: 8 },
    { start: 8, end: 16 },
  ];
  /** Two alike, one of them always left of the other; behind the cut they have changed sides, as at a reverse angle. */
  const frames = range(16).map((t) => tokensOf({ x: 2, y: 2 + (t % 3) }, { x: 14, y: 5 }));
  const isLeft = (token: number) => token % grid.columns < 8;

  test('an instance is the one whose leaves are most like its own, wherever it is', async () => {
    const leafOf = (frame: number, token: number) =>
      (isLeft(token) === frame < 8 ? 3 : 5) + Number(token % 7 === 0);
    const { count, of } = await found(frames, shots, leafOf);
    expect(count).toBe(2);
    for (const frame of range(16))
      expect(at(frames, of, frame, frame < 8 ? 3 : 15, frame < 8 ? 4 : 6)).toBe(at(frames, of, 0, 3, 4));
  });

  test('where they look the same, each is still one within its shot', async () => {
    const { of } = await found(frames, shots);
    for (const { start, end } of shots)
      for (let frame = start; frame < end; frame++) {
        expect(at(frames, of, frame, 3, 4)).toBe(at(frames, of, start, 3, 4));
        expect(at(frames, of, frame, 15, 6)).toBe(1 - at(frames, of, start, 3, 4)!);
      }
  });

  test('a shot in which one is away has the other', async () => {
    const alone = frames.map((tokens, t) => (t < 8 ? tokens : tokens.filter(isLeft)));
    const { count, of } = await found(alone, shots, (frame, token) => Number(isLeft(token) === frame < 8));
    expect(count).toBe(2);
    for (const frame of range(16).slice(8)) expect(at(alone, of, frame, 3, 4)).toBe(at(alone, of, 0, 15, 6));
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
