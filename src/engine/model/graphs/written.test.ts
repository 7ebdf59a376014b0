import { expect, test } from 'vitest';
import { goldenModel } from '../../../../test/model-goldens.ts';
import type { Tensor, Weights } from '../types.ts';
import type { BackboneGraph } from './backbone.ts';
import { writtenBackbone } from './written.ts';

const base: BackboneGraph = {
  height: 48,
  width: 64,
  batch: 2,
  outputs: ['k'],
  attention: 'fused',
  precision: 'float32',
};

async function writer() {
  const { architecture, weights } = await goldenModel('dino');
  // A copy of the table is another model to the cache.
  const own: Weights = new Map(weights);
  return (more: Partial<BackboneGraph> = {}) => writtenBackbone(architecture, own, { ...base, ...more });
}

test('a graph is written once for the same size and outputs', async () => {
  const write = await writer();
  const first = write();
  expect(write() === first).toBe(true);
  const others: Partial<BackboneGraph>[] = [
    { height: 64 },
    { batch: 1 },
    { outputs: ['k', 'q'] },
    { attention: 'plain' },
  ];
  for (const other of others) expect(write(other) === first).toBe(false);
  expect((await writer())() === first).toBe(false);
});

test('a few are kept, and the one that was used longest ago goes first', async () => {
  const write = await writer();
  const sizes = [48, 56, 64, 72];
  const [first, second] = sizes.map((height) => write({ height }));
  expect(write({ height: 48 }) === first).toBe(true);
  write({ height: 80 });
  expect(write({ height: 48 }) === first).toBe(true);
  expect(write({ height: 56 }) === second).toBe(false);
});

test('what outgrows the room for graphs is given, but not kept', async () => {
  const { architecture, weights } = await goldenModel('dino');
  // In 16 bits the weights are copies, and one MLP of this width takes more than all graphs may.
  const hidden = 600_000;
  const wide = new Map<string, Tensor>(weights);
  const { dim } = architecture;
  wide.set('blocks.0.mlp.fc1.weight', { shape: [hidden, dim], data: new Float32Array(hidden * dim) });
  wide.set('blocks.0.mlp.fc1.bias', { shape: [hidden], data: new Float32Array(hidden) });
  wide.set('blocks.0.mlp.fc2.weight', { shape: [dim, hidden], data: new Float32Array(hidden * dim) });
  const write = (precision: BackboneGraph['precision']) =>
    writtenBackbone({ ...architecture, hidden }, wide, { ...base, precision });
  const isKept = (precision: BackboneGraph['precision']) => {
    const first = write(precision);
    return write(precision) === first;
  };
  expect(isKept('float32')).toBe(true);
  expect(isKept('float16')).toBe(false);
});
