import { describe, expect, test } from 'vitest';
import { promptedTokens, type Seed } from './prompted.ts';
import { CANDIDATES, type FrameRecord, Records, SOURCE } from './records.ts';

/**
 * Six frames of 8 × 16 tokens: leaf 0 all around; a body of leaf 1 with a head of leaf 2 that walk to the right by a token a
 * frame; and, far from them, a stone of leaf 1.
 */
const grid = { frames: 6, rows: 8, columns: 16 };
const n = grid.rows * grid.columns;
const [GROUND, BODY, HEAD] = [0, 1, 2];
/** D between the leaves: body and head are near each other. */
const apart = Float32Array.from([0, 4, 4.4, 4, 0, 0.5, 4.4, 0.5, 0]);

const isBody = (frame: number, row: number, column: number) =>
  row >= 2 && row < 5 && column >= 1 + frame && column < 4 + frame;
const isHead = (frame: number, row: number, column: number) =>
  row >= 2 && row < 4 && column >= 4 + frame && column < 6 + frame;
const isStone = (row: number, column: number) => row === 7 && column >= 12 && column < 15;

function recordOf(frame: number, hidden: readonly number[]): FrameRecord {
  const leaves = new Uint16Array(n * CANDIDATES);
  const weights = new Uint8Array(n * CANDIDATES);
  const there = !hidden.includes(frame);
  for (let token = 0; token < n; token++) {
    const [row, column] = [Math.floor(token / grid.columns), token % grid.columns];
    const body = (there && isBody(frame, row, column)) || isStone(row, column);
    leaves[token * CANDIDATES] = body ? BODY : there && isHead(frame, row, column) ? HEAD : GROUND;
    weights[token * CANDIDATES] = 255;
  }
  return { leaves, weights, motion: new Uint8Array(0) };
}

function recordsWith({ hidden = [], pending = [] }: { hidden?: number[]; pending?: number[] } = {}): Records {
  const records = new Records(grid, grid);
  for (let frame = 0; frame < grid.frames; frame++)
    if (!pending.includes(frame)) records.set(frame, recordOf(frame, hidden), SOURCE.analysed);
  return records;
}

const seed = (place: number, row: number, column: number, positive = true): Seed => ({
  place,
  token: row * grid.columns + column,
  positive,
});

/** Tokens of a half or more in a frame, as rows of a picture. */
function pictureOf({ tokens, shares }: ReturnType<typeof promptedTokens>, frame: number): string[] {
  const sure = new Set([...tokens].filter((_, i) => shares[i]! >= 128));
  return Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columns }, (_, column) =>
      sure.has(frame * n + row * grid.columns + column) ? '#' : '.',
    ).join(''),
  );
}

const truth = (is: (row: number, column: number) => boolean): string[] =>
  Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columns }, (_, column) => (is(row, column) ? '#' : '.')).join(''),
  );

describe('a click', () => {
  const walker = (frame: number) =>
    truth((row, column) => isBody(frame, row, column) || isHead(frame, row, column));

  test('on the body finds the whole walker in every frame, and not the stone that looks like it', () => {
    const found = promptedTokens([seed(2, 3, 4)], recordsWith(), apart);
    for (let frame = 0; frame < grid.frames; frame++)
      expect(pictureOf(found, frame), `frame ${frame}`).toEqual(walker(frame));
  });

  test('on the stone finds the stone', () => {
    const found = promptedTokens([seed(0, 7, 13)], recordsWith(), apart);
    for (let frame = 0; frame < grid.frames; frame++) expect(pictureOf(found, frame)).toEqual(truth(isStone));
  });

  test('a click that takes away leaves the body alone, in every frame', () => {
    const found = promptedTokens([seed(2, 3, 4), seed(1, 2, 5, false)], recordsWith(), apart);
    for (let frame = 0; frame < grid.frames; frame++)
      expect(pictureOf(found, frame)).toEqual(truth((row, column) => isBody(frame, row, column)));
  });

  test('what is taken away of one leaf goes by place, in every frame', () => {
    // The body's right column from its left one.
    const found = promptedTokens([seed(2, 3, 3), seed(2, 4, 5, false)], recordsWith(), apart);
    for (let frame = 0; frame < grid.frames; frame++) {
      const picture = pictureOf(found, frame);
      expect(picture[4]![1 + frame], `left in frame ${frame}`).toBe('#');
      expect(picture[4]![3 + frame], `right in frame ${frame}`).toBe('.');
    }
  });

  test('a click that adds takes the stone in too', () => {
    const found = promptedTokens([seed(2, 3, 4), seed(2, 7, 13)], recordsWith(), apart);
    expect(pictureOf(found, 5)).toEqual(
      truth((row, column) => isBody(5, row, column) || isHead(5, row, column) || isStone(row, column)),
    );
  });

  test('what is hidden for some frames is found again; pending frames are passed over', () => {
    const found = promptedTokens([seed(0, 3, 2)], recordsWith({ hidden: [1, 2], pending: [3] }), apart);
    for (const frame of [1, 2, 3]) expect(pictureOf(found, frame)).toEqual(truth(() => false));
    for (const frame of [4, 5]) expect(pictureOf(found, frame)).toEqual(walker(frame));
  });

  test('of a frame that is shown alone, the frames up to it are the same', () => {
    const all = promptedTokens([seed(1, 3, 3)], recordsWith(), apart);
    const some = promptedTokens([seed(1, 3, 3)], recordsWith(), apart, 3);
    for (const frame of [1, 2, 3]) expect(pictureOf(some, frame)).toEqual(pictureOf(all, frame));
    expect(pictureOf(some, 4)).toEqual(truth(() => false));
  });

  test('tokens come in order, each with a share', () => {
    const { tokens, shares } = promptedTokens([seed(0, 3, 2)], recordsWith(), apart);
    expect(shares).toHaveLength(tokens.length);
    expect(tokens).toEqual(tokens.slice().sort());
    expect(shares.every((share) => share > 0)).toBe(true);
  });

  test.each([
    ['on a pending frame', [seed(3, 3, 5)]],
    ['that only takes away', [seed(0, 3, 2, false)]],
  ])('%s finds nothing', (_, seeds) => {
    const found = promptedTokens(seeds, recordsWith({ pending: [3] }), apart);
    expect(found.tokens).toHaveLength(0);
  });
});
