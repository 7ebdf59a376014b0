import { describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { goldenModel, largestDifference } from '../../../test/model-goldens.ts';
import { readCorrelator } from '../weights/architecture.ts';
import { floatsOf, readSafetensors, toWeights } from '../weights/safetensors.ts';
import { createFusion } from './fusion.ts';
import type { Tensor } from './types.ts';

type Rows = number[][];

const rowsOf = (data: Float32Array, width: number): Rows =>
  Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

function linear(rows: Rows, weight: Tensor, bias?: Tensor): Rows {
  const outputs = rowsOf(weight.data, weight.shape[1]!);
  return rows.map((row) => outputs.map((output, j) => dot(row, output) + (bias?.data[j] ?? 0)));
}

function layerNorm(rows: Rows, weight: Tensor, bias: Tensor): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, x) => sum + x) / row.length;
    const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
    return row.map((x, i) => ((x - mean) / Math.sqrt(variance + 1e-5)) * weight.data[i]! + bias.data[i]!);
  });
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - largest));
  const sum = powers.reduce((total, x) => total + x);
  return powers.map((x) => x / sum);
}

/** erf by its series, which is exact enough for |x| < 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const gelu = (x: number) => (Math.abs(x) > 5 ? Math.max(x, 0) : 0.5 * x * (1 + erf(x / Math.SQRT2)));
const add = (a: Rows, b: Rows): Rows => a.map((row, i) => row.map((x, j) => x + b[i]![j]!));

/** The block, written from Eq. 1 in plain numbers. */
function fused(features: Rows, keys: Rows, weights: ReadonlyMap<string, Tensor>, heads: number): Rows {
  const w = (name: string) => weights.get(name)!;
  const dim = features[0]!.length;
  const c = dim / heads;
  const qkv = (rows: Rows) =>
    linear(layerNorm(rows, w('norm1.weight'), w('norm1.bias')), w('attn.qkv.weight'));
  const q = qkv(features).map((row) => row.slice(0, dim));
  const kv = qkv(keys);
  const mixed = q.map((row) =>
    Array.from({ length: heads }, (_, h) => {
      const part = (of: number[], at: number) => of.slice(at + h * c, at + (h + 1) * c);
      const map = softmax(kv.map((key) => dot(part(row, 0), part(key, dim)) / Math.sqrt(c)));
      return Array.from({ length: c }, (_, j) =>
        map.reduce((sum, p, i) => sum + p * part(kv[i]!, 2 * dim)[j]!, 0),
      );
    }).flat(),
  );
  const attended = add(features, linear(mixed, w('attn.proj.weight'), w('attn.proj.bias')));
  const normed = layerNorm(attended, w('norm2.weight'), w('norm2.bias'));
  const hidden = linear(normed, w('mlp.fc1.weight'), w('mlp.fc1.bias')).map((row) => row.map(gelu));
  return add(attended, linear(hidden, w('mlp.fc2.weight'), w('mlp.fc2.bias')));
}

describe('createFusion', () => {
  test('gives the block’s output over the keys that it is shown', async () => {
    const { metadata, tensors } = readSafetensors(await golden('correlator.weights.safetensors'));
    const weights = toWeights(tensors);
    const architecture = readCorrelator(weights, { heads: Number(metadata.heads) });
    const { features } = Object.fromEntries(
      [...readSafetensors(await golden('clustering.expected.safetensors')).tensors].map(([k, v]) => [
        k,
        floatsOf(v),
      ]),
    );
    const dim = 48;
    const tokens = features!.subarray(0, 5 * dim);
    const keys = features!.subarray(5 * dim, 14 * dim);
    const model = { ...(await goldenModel('dino')), correlator: { architecture, weights } };
    const fusion = await createFusion(model, { tokens: 5, keyTokens: 9, device: 'wasm' });
    const expected = fused(rowsOf(tokens, dim), rowsOf(keys, dim), weights, architecture.heads);
    expect(
      largestDifference(await fusion.fuse(tokens, keys), Float32Array.from(expected.flat())),
    ).toBeLessThan(1e-4);
    await fusion.release();
  });

  test('without a trained correlator there is none', async () => {
    const create = createFusion(await goldenModel('dino'), { tokens: 5, keyTokens: 9, device: 'wasm' });
    await expect(create).rejects.toMatchObject({ code: 'model/untrained' });
  });
});
