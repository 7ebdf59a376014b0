import { describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { goldenModel, largestDifference } from '../../../test/model-goldens.ts';
import { readCorrelator } from '../weights/architecture.ts';
import { floatsOf, readSafetensors, toWeights } from '../weights/safetensors.ts';
import { addTemporal, createCorrelator } from './correlator.ts';
import type { Model } from './types.ts';

const device = 'wasm';

async function trained(): Promise<Model> {
  const { metadata, tensors } = readSafetensors(await golden('correlator.weights.safetensors'));
  const weights = toWeights(tensors);
  const architecture = readCorrelator(weights, { heads: Number(metadata.heads) });
  return { ...(await goldenModel('dino')), correlator: { architecture, weights } };
}

async function expected() {
  const { tensors } = readSafetensors(await golden('clustering.expected.safetensors'));
  const [features, q, k] = ['features', 'q', 'k'].map((name) => floatsOf(tensors.get(name)!)!);
  return { features: features!, q: q!, k: k!, tokens: 7 * 48 };
}

describe('createCorrelator', () => {
  test.each([336, 100, 500])('projects as the reference, %i tokens a run', async (chunk) => {
    const { features, q, k, tokens } = await expected();
    const correlator = await createCorrelator(await trained(), { tokens: chunk, device });
    const result = await correlator.project(features, tokens);
    expect(correlator.heads).toBe(8);
    expect(largestDifference(result.q, q)).toBeLessThan(1e-4);
    expect(largestDifference(result.k, k)).toBeLessThan(1e-4);
    await correlator.release();
  });

  test('without trained weights, q and k are the features', async () => {
    const model = await goldenModel('dino');
    const correlator = await createCorrelator(model, { tokens: 10, device });
    const features = Float32Array.from({ length: 48 }, (_, i) => i);
    expect(await correlator.project(features, 1)).toEqual({ q: features, k: features });
    expect(correlator.heads).toBe(model.architecture.heads);
  });
});

test('each token gets the position of its frame; frames past the last learned one get the last', () => {
  const positions = { shape: [1, 2, 2], data: Float32Array.of(10, 20, 30, 40) };
  const features = Float32Array.of(1, 1, 2, 2, 3, 3);
  const placed = addTemporal(features, positions, Int32Array.of(0, 1, 7));
  expect([...placed]).toEqual([11, 21, 32, 42, 33, 43]);
  expect(features[0]).toBe(1);
});
