import { beforeAll, describe, expect, test } from 'vitest';
import { symmetricKl } from '../../test/plain-losses.ts';
import { headMeanSoftmax } from '../engine/backend/plain/attention.ts';
import type { CorrelatorArchitecture } from '../engine/model/types.ts';
import { readCorrelator } from '../engine/weights/architecture.ts';
import { readSafetensors, toWeights } from '../engine/weights/safetensors.ts';
import { exportCorrelator, initialState } from './checkpoint.ts';
import { createRandom } from './random.ts';
import { RECIPES } from './recipe.ts';
import { randomWeights, startWeights } from './start.ts';
import { createStep, prepareDevice, type TrainingClip } from './step.ts';

/** Keys as a backbone has them: channels of their own mean and spread, tokens of nearly one length. */
function keysLikeABackbone(tokens: number, dim: number): Float32Array {
  const random = createRandom(3);
  const means = Array.from({ length: dim }, () => random.normal());
  const spreads = Array.from({ length: dim }, () => 0.2 + random.next());
  return Float32Array.from({ length: tokens * dim }, (_, at) => {
    const channel = at % dim;
    return means[channel]! + spreads[channel]! * random.normal();
  });
}

const architecture: CorrelatorArchitecture = {
  dim: 48,
  heads: 3,
  hidden: 192,
  epsilon: 1e-5,
  temporalPositions: 0,
};
const clip: TrainingClip = { frames: 2, rows: 4, columns: 5, keys: keysLikeABackbone(40, 48) };

beforeAll(() => prepareDevice('wasm'));

describe('the start', () => {
  test('attends nearly as the untrained path does', async () => {
    const weights = startWeights(clip.keys, architecture, 3, 0);
    const step = createStep(architecture, { ...RECIPES.paper, positives: 2, negatives: 4 });
    const { maps } = await step.observe(weights, clip);
    step.release();
    const untrained = headMeanSoftmax(clip.keys, clip.keys, {
      heads: 3,
      channels: 16,
      temperature: [1, 1, 1],
    });
    const row = (map: ArrayLike<number>, i: number) => Array.from({ length: 40 }, (_, j) => map[i * 40 + j]!);
    const rows = Array.from({ length: 40 }, (_, i) => i);
    const mean = (distance: (i: number) => number) => rows.reduce((sum, i) => sum + distance(i), 0) / 40;
    const moved = mean((i) => symmetricKl(row(untrained, i), row(maps.attention, i)));
    const apart = mean((i) => symmetricKl(row(untrained, i), row(untrained, (i + 1) % 40)));
    expect(moved).toBeLessThan(0.2 * apart);
  });

  test('at random: small matrices, neutral norms, the same for the same seed', () => {
    const weights = randomWeights(architecture, 5);
    const spread = (name: string) => {
      const { data } = weights.get(name)!;
      return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
    };
    for (const name of ['attn.qkv.weight', 'attn.proj.weight', 'mlp.fc1.weight', 'mlp.fc2.weight'])
      expect(spread(name), name).toBeCloseTo(0.0176, 3);
    expect(weights.get('norm1.weight')!.data.every((gain) => gain === 1)).toBe(true);
    expect(weights.get('mlp.fc1.bias')!.data.every((bias) => bias === 0)).toBe(true);
    expect(randomWeights(architecture, 5)).toEqual(weights);
    expect(randomWeights(architecture, 6)).not.toEqual(weights);
  });

  test('keeps the spread of the logits when the number of heads changes', () => {
    const [own, paper] = [3, 8].map((heads) => startWeights(clip.keys, { ...architecture, heads }, 3, 0));
    const q = (weights: typeof own) => weights!.get('attn.qkv.weight')!.data[0]!;
    // Σ over heads of |logit| ~ 1 / √channels a head: q makes up for 16 channels becoming 6.
    expect(q(paper) / q(own)).toBeCloseTo(Math.sqrt(8 / 3), 6);
  });
});

test('exported weights are a correlator to the engine', () => {
  const weights = startWeights(clip.keys, { ...architecture, temporalPositions: 3 }, 3, 0);
  const state = initialState({
    model: 'some-model',
    architecture: { ...architecture, temporalPositions: 3 },
    recipe: RECIPES.paper,
    weights,
    random: 1,
  });
  const file = readSafetensors(exportCorrelator(state));
  expect(readCorrelator(toWeights(file.tensors), { heads: Number(file.metadata.heads) })).toEqual(
    state.architecture,
  );
  expect(file.metadata.backbone).toBe('some-model');
});
