import { expect, test } from 'vitest';
import { peakOf } from './peaks.ts';

test.each([
  ['NVIDIA H100 80GB HBM3', 66.9, 3350],
  ['nvidia-h100-pcie', 51.2, 2000],
  ['NVIDIA H200', 66.9, 4800],
  ['NVIDIA A100-SXM4-80GB', 19.5, 2039],
  ['NVIDIA A100-SXM4-40GB', 19.5, 1555],
  ['NVIDIA L4', 30.3, 300],
  ['NVIDIA L40S', 91.6, 864],
  ['NVIDIA GeForce RTX 3090 Ti', 40, 1008],
  ['Tesla T4', 8.1, 320],
])('%s', (name, teraflops, memory) => {
  expect(peakOf(name)).toEqual({ teraflops, memory });
});

test.each(['NVIDIA GeForce RTX 4090 Laptop GPU', 'swiftshader-device-subzero-', 'NVIDIA RTX A4000', ''])(
  'of “%s” nothing is known',
  (name) => {
    expect(peakOf(name)).toBeNull();
  },
);
