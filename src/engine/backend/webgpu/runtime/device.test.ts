import { expect, test } from 'vitest';
import { failure } from '../../errors.ts';
import { isSoftware, type Offer, precisionFor, requestDevice, resolveDevice } from './device.ts';

const gpu = { vendor: 'apple', architecture: 'metal-3', description: 'M2', software: false };
const offers: Record<string, Offer> = {
  gpu: { adapter: gpu, features: [], threads: 8 },
  software: { adapter: { ...gpu, software: true }, features: [], threads: 8 },
  faulty: {
    adapter: gpu,
    features: [],
    threads: 8,
    fault: failure('device/wrong-results', { detail: { says: 'NaN' } }),
  },
  none: { adapter: null, missing: 'no-adapter', features: [], threads: 8 },
};

test.each([
  ['auto', 'gpu', 'webgpu'],
  ['auto', 'software', 'wasm'],
  ['auto', 'none', 'wasm'],
  ['auto', 'faulty', 'wasm'],
  ['wasm', 'gpu', 'wasm'],
  ['wasm', 'none', 'wasm'],
  ['webgpu', 'gpu', 'webgpu'],
  ['webgpu', 'software', 'webgpu'],
] as const)('%s with %s takes %s', (choice, offer, device) => {
  expect(resolveDevice(choice, offers[offer]!).device).toBe(device);
});

test.each([
  ['none', 'device/no-webgpu'],
  ['faulty', 'device/wrong-results'],
])('a forced GPU is refused, not replaced: %s', (offer, code) => {
  expect(() => resolveDevice('webgpu', offers[offer]!)).toThrow(expect.objectContaining({ code }));
});

test.each([
  [{ isFallbackAdapter: true, description: '', architecture: '' }, true],
  [{ isFallbackAdapter: false, description: 'SwiftShader Device', architecture: '' }, true],
  [{ isFallbackAdapter: false, description: 'llvmpipe (LLVM 15)', architecture: '' }, true],
  [{ isFallbackAdapter: false, description: 'NVIDIA H200', architecture: 'hopper' }, false],
])('%o is software: %s', (info, software) => {
  expect(isSoftware(info)).toBe(software);
});

test.each([
  ['webgpu', ['shader-f16', 'timestamp-query'], 'float16'],
  ['webgpu', ['timestamp-query'], 'float32'],
  ['wasm', ['shader-f16'], 'float32'],
] as const)('%s with %j computes in %s', (device, features, precision) => {
  expect(precisionFor(device, features)).toBe(precision);
});

test('a device has the adapter’s own limits, and not subgroups', async () => {
  let asked: GPUDeviceDescriptor = {};
  const limits = new Proxy({}, { get: (_, name) => `own ${String(name)}` });
  const adapter = {
    features: new Set(['shader-f16', 'subgroups']),
    limits,
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      asked = descriptor;
    },
  };
  await requestDevice(adapter as unknown as GPUAdapter);
  expect(asked.requiredFeatures).toEqual(['shader-f16']);
  expect(asked.requiredLimits).toMatchObject({
    maxBufferSize: 'own maxBufferSize',
    maxStorageBufferBindingSize: 'own maxStorageBufferBindingSize',
    maxComputeWorkgroupStorageSize: 'own maxComputeWorkgroupStorageSize',
  });
});
