import { expect, test } from 'vitest';
import { RECIPES } from './recipe.ts';
import { trainingReport } from './report.ts';

test('the report has a curve for each part of the loss and nothing that a file name could smuggle in', () => {
  const point = (iteration: number) => ({
    iteration,
    loss: 3 / iteration,
    semantic: 1 / iteration,
    motion: 2 / iteration,
    learningRate: 1e-4,
    seconds: 1,
  });
  const seen = { separation: 2, positive: 0.1, negative: 0.9, spread: 300, tau: null, clusters: Number.NaN };
  const html = trainingReport({
    model: 'm',
    command: 'npx unprompted train a b',
    recipe: RECIPES.paper,
    start: {
      device: { device: 'wasm', why: '', threads: 2 },
      clips: ['<script>alert(1)</script>.mp4'],
      skipped: [],
    },
    losses: [1, 2, 3].map(point),
    validations: [{ iteration: 0, ...seen }],
    seconds: 3,
  });
  expect(html.match(/<polyline/g)!.length).toBeGreaterThanOrEqual(3);
  expect(html).not.toContain('<script');
  expect(html).not.toContain('NaN');
});
