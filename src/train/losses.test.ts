import { describe, expect, test } from 'vitest';
import { plainLoss } from '../../test/plain-losses.ts';
import { importanceWeights, type MapShape, type Maps, objective, selectPairs } from './losses.ts';
import { createRandom } from './random.ts';
import { RECIPES, type Recipe } from './recipe.ts';

const shape: MapShape = { frames: 3, tokens: 14, queries: Array.from({ length: 42 }, (_, i) => i) };
const base: Recipe = { ...RECIPES.paper, positives: 3, negatives: 5 };

function maps(seed: number, { frames, tokens, queries }: MapShape = shape): Maps {
  const random = createRandom(seed);
  const draw = (scale: number) =>
    Float32Array.from({ length: queries.length * frames * tokens }, () => random.next() * scale);
  return {
    attention: draw(1),
    semantic: draw(2),
    motion: draw(3),
    entropy: Float32Array.from(queries, () => random.next() * 4),
  };
}

describe('Eq. 4', () => {
  test('takes the highest and lowest of every frame, the earlier first among equals', () => {
    const attention = Float32Array.from([5, 1, 3, 3, 2, 0, 0, 0]);
    const pairs = selectPairs(attention, { frames: 2, tokens: 4, queries: [0] }, 2, 2);
    expect([...pairs.positives]).toEqual([0, 2, 4, 5]);
    expect([...pairs.negatives].sort()).toEqual([1, 3, 6, 7]);
  });

  test('can be kept to the frame of the query', () => {
    const attention = Float32Array.from([9, 8, 7, 1, 2, 3]);
    const pairs = selectPairs(attention, { frames: 2, tokens: 3, queries: [4] }, 1, 1, 'own frame');
    expect([...pairs.positives, ...pairs.negatives]).toEqual([5, 3]);
  });
});

test('Eq. 8 sums to one, prefers the low entropies, and survives large ones', () => {
  const weights = importanceWeights([1000, 1001, 1000]);
  expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(weights[0]! / weights[1]!).toBeCloseTo(Math.E, 10);
});

describe.each<[string, Partial<Recipe>]>([
  ['both terms, weighted', {}],
  ['L_s only', { motion: false }],
  ['L_m only', { semantic: false }],
  ['without w', { weighted: false }],
  ['no gradient through w', { weightGradient: false }],
  ['other margins', { semanticMargin: 0.1, motionMargin: 2.5 }],
])('Eq. 9: %s', (_, change) => {
  const recipe = { ...base, ...change };

  test('is the sum over all pairs', () => {
    for (const seed of [1, 2, 3]) {
      const given = maps(seed);
      expect(objective(given, shape, recipe).total).toBeCloseTo(plainLoss(given, shape, recipe), 6);
    }
  });

  test('has the slopes of finite differences', () => {
    const given = maps(4);
    const { slopes } = objective(given, shape, recipe);
    expectSlopes(given, slopes, (m) => plainLoss(m, shape, recipe), recipe.weightGradient);
  });
});

test('the released objective has the slopes of finite differences', () => {
  const few: MapShape = { ...shape, queries: [1, 9, 15, 23, 29, 37] };
  const recipe = { ...RECIPES.released, positives: 3, negatives: 5 };
  const given = maps(5, few);
  const { slopes, total, semantic, motion } = objective(given, few, recipe);
  expect(total).toBeCloseTo(semantic + motion, 12);
  expect(semantic).toBeGreaterThan(0);
  expectSlopes(given, slopes, (m) => objective(m, few, recipe).total, false);
});

/** Central differences at a few places of each map. */
function expectSlopes(
  given: Maps,
  slopes: Omit<Maps, 'attention'>,
  loss: (maps: Maps) => number,
  entropyToo: boolean,
): void {
  const step = 1e-3;
  for (const name of ['semantic', 'motion', 'entropy'] as const) {
    if (name === 'entropy' && !entropyToo) continue;
    for (let at = 0; at < given[name].length; at += name === 'entropy' ? 7 : 61) {
      const moved = [1, -1].map((sign) => {
        const map = given[name].slice();
        map[at]! += sign * step;
        return { value: loss({ ...given, [name]: map }), at: map[at]! };
      });
      const [up, down] = moved as [(typeof moved)[0], (typeof moved)[0]];
      const slope = (up.value - down.value) / (up.at - down.at);
      expect(Math.abs(slopes[name][at]! - slope), `${name}[${at}]`).toBeLessThan(
        2e-3 * (1 + Math.abs(slope)),
      );
    }
  }
}
