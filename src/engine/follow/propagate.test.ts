import { describe, expect, test } from 'vitest';
import { propagate, type Side, tokenMotion } from './propagate.ts';
import { CANDIDATES, type FrameRecord } from './records.ts';

const grid = { rows: 2, columns: 4 };
const tokens = 8;

/** A frame whose tokens are wholly of these leaves. */
function frame(leaves: readonly number[], motion: readonly number[] = []): FrameRecord {
  const record = {
    leaves: new Uint16Array(tokens * CANDIDATES),
    weights: new Uint8Array(tokens * CANDIDATES),
    motion: Uint8Array.from(motion),
  };
  for (const [token, leaf] of leaves.entries()) {
    record.leaves[token * CANDIDATES] = leaf;
    record.weights[token * CANDIDATES] = 255;
  }
  return record;
}

/** A side in which every token has moved by x to the right. */
const side = (record: FrameRecord, x: number, distance = 1, error = 0): Side => ({
  record,
  distance,
  error: new Float32Array(tokens).fill(error),
  places: Float32Array.from({ length: 2 * tokens }, (_, i) => {
    const token = i >> 1;
    return i % 2 ? Math.floor(token / 4) : (token % 4) + x;
  }),
});

const firsts = (record: FrameRecord) =>
  Array.from({ length: tokens }, (_, token) => record.leaves[token * CANDIDATES]);

const still = [0, 0, 1, 1, 0, 0, 1, 1];
const moved = [0, 0, 0, 1, 0, 0, 0, 1];

describe('propagation', () => {
  test('what is still is as on both sides', () => {
    const { record, disagreement } = propagate([side(frame(still), 0), side(frame(still), 0)], grid, grid);
    expect(record).toEqual(frame(still));
    expect(disagreement).toBe(0);
  });

  test('tokens come from where motion takes them, the border from the border', () => {
    // The object is a token further left in the earlier frame, and a token further right in the later one.
    const [before, after] = [frame([0, 1, 1, 1, 0, 1, 1, 1]), frame(moved)];
    const { record, disagreement } = propagate([side(before, -1), side(after, 1)], grid, grid);
    expect(firsts(record)).toEqual(still);
    expect(disagreement).toBe(0);
  });

  test('between two tokens their leaves are weighed bilinearly', () => {
    const half = side(frame(still), 0.25);
    const { record } = propagate([half, half], grid, grid);
    const at = CANDIDATES;
    expect([...record.leaves.slice(at, at + 2)]).toEqual([0, 1]);
    expect([...record.weights.slice(at, at + 3)]).toEqual([191, 64, 0]);
  });

  test('where sides disagree the nearer in time wins, and the share of such tokens is returned', () => {
    const [near, far] = [side(frame(moved), 0, 1), side(frame(still), 0, 3)];
    const { record, disagreement } = propagate([far, near], grid, grid);
    expect(firsts(record)).toEqual(moved);
    expect(disagreement).toBe(2 / tokens);
  });

  test('a side whose flow does not explain the picture loses to one that does', () => {
    const { record } = propagate([side(frame(moved), 0, 1, 60), side(frame(still), 0, 3, 0)], grid, grid);
    expect(firsts(record)).toEqual(still);
  });

  test('m moves with its tokens', () => {
    const m = [0, 0, 200, 200, 0, 0, 200, 200];
    const { record } = propagate([side(frame(still, m), 1), side(frame(still, m), 1)], grid, grid);
    expect([...record.motion]).toEqual([0, 200, 200, 200, 0, 200, 200, 200]);
  });

  test('without m there is none to propagate', () => {
    const { record } = propagate([side(frame(still), 0), side(frame(still), 0)], grid, {
      rows: 4,
      columns: 8,
    });
    expect(record.motion).toHaveLength(0);
  });
});

describe('motion of tokens', () => {
  const size = { width: 16, height: 8 };
  const pixels = size.width * size.height;

  test('places are in tokens, and a flow that explains the picture has no error', () => {
    // A ramp that moved four pixels to the right, which is a token.
    const own = Float32Array.from({ length: pixels }, (_, i) => 10 * (i % 16));
    const other = Float32Array.from({ length: pixels }, (_, i) => 10 * ((i % 16) - 4));
    const flow = Float32Array.from({ length: 2 * pixels }, (_, i) => (i % 2 ? 0 : 4));
    const { places, error } = tokenMotion(flow, { own, other }, size, grid);
    expect([...places]).toEqual([1, 0, 2, 0, 3, 0, 4, 0, 1, 1, 2, 1, 3, 1, 4, 1]);
    expect([...error.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(error[3], 'it has left the picture').toBeGreaterThan(0);
  });

  test('one that does not explain it is off by their difference', () => {
    const own = new Float32Array(pixels).fill(100);
    const other = new Float32Array(pixels).fill(130);
    const { error } = tokenMotion(new Float32Array(2 * pixels), { own, other }, size, grid);
    expect([...error]).toEqual(new Array(tokens).fill(30));
  });

  test('tokens that are no whole number of pixels are still at their own middle', () => {
    const odd = { rows: 3, columns: 5 };
    const luma = new Float32Array(pixels);
    const { places } = tokenMotion(new Float32Array(2 * pixels), { own: luma, other: luma }, size, odd);
    expect([...places.subarray(2 * 7, 2 * 8)]).toEqual([2, 1]);
  });
});
