import { describe, expect, test } from 'vitest';
import { recipeName, typedRecipe } from './recipe.ts';

describe('typedRecipe', () => {
  test('changes what was typed and nothing else', () => {
    expect(typedRecipe({})).toEqual({});
    expect(typedRecipe({ size: '96x192', iterations: '200', 'no-motion': true, motion: 'local' })).toEqual({
      height: 96,
      width: 192,
      iterations: 200,
      motion: false,
      motionRepresentation: 'local',
    });
  });

  test('a stride of one frame leaves no room for jitter', () => {
    expect(typedRecipe({ stride: '1' })).toEqual({ stride: 1, strideJitter: 0 });
  });

  test.each([
    [{ iterations: '2.5' }],
    [{ 'learning-rate': 'fast' }],
    [{ size: '96' }],
    [{ motion: 'optical-flow' }],
    [{ seed: '-1' }],
  ])('%o is a mistake', (values) => {
    expect(() => typedRecipe(values)).toThrow(expect.objectContaining({ code: 'cli/usage' }));
  });
});

test('recipeName knows the recipes', () => {
  expect(recipeName({})).toBe('paper');
  expect(recipeName({ recipe: 'released' })).toBe('released');
  expect(() => recipeName({ recipe: 'toString' })).toThrow();
});
