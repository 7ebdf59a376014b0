import { expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { coverage } from './coverage.ts';
import type { Edge } from './effects.ts';

/** The definition: the nearest pixel of the other side, of all that there are. */
function plainly(mask: readonly number[], width: number, { feather, shift }: Edge): number[] {
  return mask.map((own, at) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const [other, value] of mask.entries()) {
      if (value === own) continue;
      const [dx, dy] = [(other % width) - (at % width), Math.floor(other / width) - Math.floor(at / width)];
      nearest = Math.min(nearest, Math.hypot(dx, dy));
    }
    const distance = (own === 1 ? 1 : -1) * (nearest - 0.5) + shift;
    const share = feather > 0 ? 0.5 + distance / feather : Number(distance > 0);
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  });
}

function covered(mask: readonly number[], width: number, edge: Edge): number[] {
  const map = { width, height: mask.length / width, labels: Uint16Array.from(mask, (own) => 10 + own) };
  const inside = new Uint8Array(12);
  inside[11] = 1;
  return [...coverage(map, inside, edge)];
}

const width = 31;
const random = createRandom(3);
const specks = Array.from({ length: width * 23 }, () => Number(random.next() < 0.03));
const disc = Array.from({ length: width * 23 }, (_, at) =>
  Number(Math.hypot((at % width) - 12, Math.floor(at / width) - 10) < 6),
);

test.each([
  { feather: 0, shift: 0 },
  { feather: 2, shift: 0 },
  { feather: 5, shift: 0 },
  { feather: 3, shift: 2.5 },
  { feather: 4, shift: -3 },
  { feather: 0, shift: 1.2 },
])('feather $feather, shift $shift: as its definition says', (edge) => {
  for (const mask of [specks, disc]) expect(covered(mask, width, edge)).toEqual(plainly(mask, width, edge));
});

test('a mask that is everywhere or nowhere has no edge', () => {
  expect(new Set(covered([1, 1, 1, 1], 2, { feather: 8, shift: -4 }))).toEqual(new Set([255]));
  expect(new Set(covered([0, 0, 0, 0], 2, { feather: 8, shift: 4 }))).toEqual(new Set([0]));
});
