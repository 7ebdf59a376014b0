import { expect, test, vi } from 'vitest';
import { KeptLabels } from './kept-labels.ts';

const made = () =>
  vi.fn(async (frame: number, width: number, height: number) =>
    frame < 0 ? null : new Uint16Array(width * height).fill(frame),
  );

test('a frame is drawn once for all exports of the same masks and size', async () => {
  const kept = new KeptLabels();
  const [first, second] = [made(), made()];
  expect(await kept.through(first, { parts: Int32Array.of(1, 2) })(7, 4, 2)).toEqual(
    new Uint16Array(8).fill(7),
  );
  const again = kept.through(second, { parts: Int32Array.of(1, 2), strokes: [] });
  expect(await again(7, 4, 2)).toEqual(new Uint16Array(8).fill(7));
  expect(second).not.toHaveBeenCalled();
  expect(await again(7, 2, 1)).toEqual(new Uint16Array(2).fill(7));
  expect(await again(8, 4, 2)).toEqual(new Uint16Array(8).fill(8));
  expect(second).toHaveBeenCalledTimes(2);
});

test.each([
  ['other parts', { parts: Int32Array.of(2, 2) }],
  ['smooth outlines', { parts: Int32Array.of(1, 2), edges: false }],
])('but again for %s', async (_, other) => {
  const kept = new KeptLabels();
  await kept.through(made(), { parts: Int32Array.of(1, 2) })(7, 4, 2);
  const drawn = made();
  await kept.through(drawn, other)(7, 4, 2);
  expect(drawn).toHaveBeenCalledOnce();
});

test('what an earlier export goes on drawing is not kept for a later one of other masks', async () => {
  const kept = new KeptLabels();
  const before = kept.through(made(), { edges: false });
  const drawn = made();
  const now = kept.through(drawn, {});
  await before(7, 4, 2);
  await now(7, 4, 2);
  expect(drawn).toHaveBeenCalledOnce();
});

test('frames without masks, and those beyond the budget, are not kept', async () => {
  const kept = new KeptLabels(10);
  const drawn = made();
  const labels = kept.through(drawn, {});
  expect(await labels(-1, 4, 2)).toBeNull();
  for (const frame of [1, 2, 3, 1, 2, 3]) await labels(frame, 4, 2);
  // A map of one run takes 8 bytes: the second is the first beyond.
  expect(drawn.mock.calls.map(([frame]) => frame)).toEqual([-1, 1, 2, 3, 3]);
});
