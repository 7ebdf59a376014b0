import { expect, test } from 'vitest';
import { enlarged, FIT, pinched, within } from './lens.ts';

const FRAMING = { picture: { width: 400, height: 200 }, room: { width: 400, height: 300 }, actual: 3 };

test('what is under the pointer stays there while the picture grows', () => {
  const at = { x: 100, y: -50 };
  const lens = enlarged(FIT, 4, at, FRAMING);
  const point = { x: (at.x - lens.x) / lens.scale, y: (at.y - lens.y) / lens.scale };
  expect(lens.scale).toBe(4);
  expect(point).toEqual(at);
  expect(enlarged(lens, 1 / 4, at, FRAMING)).toEqual(FIT);
});

test('it neither shrinks below its fit, nor grows without end, nor leaves the room', () => {
  expect(enlarged(FIT, 0.1, { x: 0, y: 0 }, FRAMING)).toEqual(FIT);
  expect(enlarged(FIT, 1e3, { x: 0, y: 0 }, FRAMING).scale).toBe(16);
  expect(within({ scale: 2, x: 1e3, y: -1e3 }, FRAMING)).toEqual({ scale: 2, x: 200, y: -50 });
  expect(within({ scale: 1, x: 9, y: 9 }, FRAMING)).toEqual(FIT);
});

test('a small clip that fits enlarged can be seen at its own size', () => {
  const small = { ...FRAMING, actual: 0.25 };
  expect(enlarged(FIT, 0.25, { x: 0, y: 0 }, small)).toEqual({ scale: 0.25, x: 0, y: 0 });
});

test('what two fingers hold stays between them as they part and move', () => {
  const from = { apart: 100, x: 50, y: 10 };
  const to = { apart: 300, x: 70, y: -10 };
  const { scale, x, y } = pinched(FIT, from, to, FRAMING);
  expect(scale).toBe(3);
  expect({ x: (to.x - x) / scale, y: (to.y - y) / scale }).toEqual({ x: from.x, y: from.y });
});
