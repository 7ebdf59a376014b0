import { expect, test } from 'vitest';
import { plainFilter } from '../backend/plain/guided.ts';
import {
  applyCorrections,
  type Correction,
  FIRST_MADE,
  guidedOutline,
  type Prompted,
  sharesIn,
} from './corrections.ts';
import { type Stroke, smoothPixels } from './strokes.ts';

/** Two processed frames, clip frames 0 and 10, of 4 × 4 tokens: in the first the left half, in the second one token. */
const grid = { frames: 2, rows: 4, columns: 4 };
const canvas = { grid, frames: [0, 10] };
const half = Int32Array.of(0, 1, 4, 5, 8, 9, 12, 13);
const clicked: Prompted = {
  clicks: [{ frame: 0, x: 0.2, y: 0.2, positive: true }],
  to: FIRST_MADE,
  keeps: [],
  tokens: Int32Array.of(...half, 16 + 15),
  shares: new Uint8Array(9).fill(255),
};
const [SIDE, PIXELS] = [16, 256];

async function labelsWith(corrections: readonly Correction[], frame: number, fill = 3): Promise<Uint16Array> {
  const labels = new Uint16Array(PIXELS).fill(fill);
  await applyCorrections(labels, SIDE, SIDE, frame, corrections, canvas, async (shares) =>
    smoothPixels(shares, grid, SIDE, SIDE),
  );
  return labels;
}
const at = (labels: ArrayLike<number>, x: number, y: number) => labels[y * SIDE + x];

test('shares of a frame are those of its tokens; a frame without any has none', () => {
  expect(
    [...sharesIn(clicked, 0, grid)!.entries()].filter(([, share]) => share === 1).map(([i]) => i),
  ).toEqual([...half]);
  expect([...sharesIn(clicked, 1, grid)!.keys()].filter((i) => sharesIn(clicked, 1, grid)![i]! > 0)).toEqual([
    15,
  ]);
  expect(sharesIn({ tokens: half, shares: new Uint8Array(8) }, 1, grid)).toBeNull();
});

test('every frame shows the tokens of its nearest processed one', async () => {
  const first = await labelsWith([clicked], 4);
  expect([at(first, 7, 8), at(first, 8, 8)]).toEqual([FIRST_MADE, 3]);
  const second = await labelsWith([clicked], 9);
  expect([at(second, 2, 2), at(second, 15, 15)]).toEqual([3, FIRST_MADE]);
});

test('what is locked does not give way', async () => {
  const labels = await labelsWith([{ ...clicked, keeps: [3] }], 0);
  expect(labels.every((label) => label === 3)).toBe(true);
});

test('corrections apply in order: a later stroke paints over an earlier object, and the other way round', async () => {
  const stroke: Stroke = {
    frame: 0,
    to: 5,
    from: [3, FIRST_MADE],
    points: [0.1, 0.5, 0.9, 0.5],
    radius: 0.1,
    carried: new Int32Array(0),
  };
  const over = await labelsWith([clicked, stroke], 0);
  expect([at(over, 3, 8), at(over, 12, 8), at(over, 3, 1)]).toEqual([5, 5, FIRST_MADE]);
  const under = await labelsWith([stroke, clicked], 0);
  expect([at(under, 3, 8), at(under, 12, 8)]).toEqual([FIRST_MADE, 5]);
});

test('along a picture’s edges an object ends where the colour does, not where its tokens do', async () => {
  // Red up to the tenth column; the object’s tokens end at the eighth.
  const data = new Uint8ClampedArray(4 * PIXELS);
  for (let i = 0; i < PIXELS; i++) data.set(i % SIDE < 10 ? [220, 30, 30, 255] : [20, 40, 200, 255], 4 * i);
  const shares = sharesIn(clicked, 0, grid)!.map((share, token) => (token % 4 === 2 ? 0.45 : share));
  const covered = await guidedOutline(shares, grid, { width: SIDE, height: SIDE, data }, plainFilter);
  expect([at(covered, 9, 8), at(covered, 10, 8), at(covered, 15, 8)]).toEqual([1, 0, 0]);
});
