import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dawnDevice } from '../../../../test/dawn.ts';
import { MEAN_FIELD } from '../../mask/webgpu-meanfield.ts';
import * as attention from './attention.ts';
import { createWebgpuBackend } from './backend.ts';
import { DIVERGENCE, NEAREST, SMOOTH } from './divergence.ts';
import { EXPECTATION, EXTEND } from './extend.ts';
import { GUIDED } from './guided.ts';
import * as rows from './rows.ts';
import { Gpu } from './runtime/gpu.ts';
import { bindingsOf, type Kernel } from './runtime/kernel.ts';
import { LARGE } from './runtime/large.ts';
import { compareWithPlain, verifiedBackend } from './selftest.ts';
import { SUMS } from './sums.ts';
import { SWEEP } from './sweep.ts';

const SOURCES = import.meta.glob<string>(['./*.wgsl', './runtime/*.wgsl'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

const KERNELS: Kernel[] = [
  ...[attention.PACK, attention.STATISTICS, attention.ROWS],
  ...[rows.ENTROPY, rows.FINISH, rows.GATHER, rows.VALUES],
  ...[EXPECTATION, EXTEND, DIVERGENCE, NEAREST, SMOOTH, SUMS, SWEEP, GUIDED, MEAN_FIELD, LARGE],
];

const DOUBLE = {
  name: 'double',
  source: `
    @group(0) @binding(0) var<storage, read> numbers: array<f32>;
    @group(0) @binding(1) var<storage, read_write> doubled: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { doubled[id.x] = 2 * numbers[id.x]; }`,
};

describe('a device', () => {
  let device: GPUDevice;
  let gpu: Gpu;
  beforeAll(async () => {
    device = await dawnDevice();
    gpu = new Gpu(device);
  });
  afterAll(() => device.destroy());

  test('runs a kernel, its buffers bound by name', async () => {
    const program = await gpu.program(DOUBLE);
    const doubled = gpu.buffers.create(12, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, 'doubled');
    const batch = gpu.batch('test');
    batch.dispatch(program, [3], { doubled, numbers: batch.upload(Float32Array.of(1, 2, 3)) });
    batch.submit();
    const [read, nothing] = await gpu.read({ buffer: doubled, bytes: 12 }, { buffer: doubled, bytes: 0 });
    expect([...new Float32Array(read!)]).toEqual([2, 4, 6]);
    expect(nothing!.byteLength).toBe(0);
    gpu.buffers.destroy(doubled);
    expect(gpu.buffers.tracker.held).toBe(0);
  });

  test('bindings are read from the text', () => {
    expect([...bindingsOf(DOUBLE)]).toEqual([
      ['numbers', 0],
      ['doubled', 1],
    ]);
  });

  test('text that does not compile is an error with its line', async () => {
    const broken = { name: 'broken', source: '\n\n@compute @workgroup_size(1) fn main() { let x = ; }' };
    await expect(gpu.program(broken)).rejects.toMatchObject({ code: 'device/failed' });
    await expect(gpu.program(broken)).rejects.toThrow(/broken:main:\d+/);
  });

  test('a compile that failed is tried again', async () => {
    const create = device.createComputePipelineAsync;
    device.createComputePipelineAsync = async () => {
      device.createComputePipelineAsync = create;
      throw new Error('no memory');
    };
    const kernel = { ...DOUBLE, name: 'double again' };
    await expect(gpu.program(kernel)).rejects.toMatchObject({ code: 'device/failed' });
    await expect(gpu.program(kernel)).resolves.toHaveProperty('pipeline');
  });

  test('work against the rules is an error, once', async () => {
    const program = await gpu.program(DOUBLE);
    const tooSmall = gpu.buffers.create(16, GPUBufferUsage.COPY_DST, 'not for storage');
    const batch = gpu.batch('test');
    batch.dispatch(program, [1], { doubled: tooSmall, numbers: batch.upload(Float32Array.of(1)) });
    batch.submit();
    await expect(gpu.check()).rejects.toMatchObject({ code: 'device/failed' });
    await gpu.check();
    gpu.buffers.destroy(tooSmall);
  });

  test('errors reach the lane that caused them, and no other', async () => {
    const [run, look] = [gpu.lane(), gpu.lane()];
    const buffer = look.buffers.create(2 * device.limits.maxBufferSize, GPUBufferUsage.STORAGE, 'vast');
    await run.check();
    await gpu.check();
    await expect(look.check()).rejects.toMatchObject({ code: /device\/(failed|out-of-memory)/ });
    run.buffers.destroy(buffer);
    expect(gpu.buffers.tracker.held).toBe(0);
  });

  test('a buffer beyond the device is an error', async () => {
    const buffer = gpu.buffers.create(2 * device.limits.maxBufferSize, GPUBufferUsage.STORAGE, 'vast');
    await expect(gpu.check()).rejects.toMatchObject({ code: /device\/(failed|out-of-memory)/ });
    gpu.buffers.destroy(buffer);
  });

  test('an allocation that fails is out of memory', async () => {
    const usage = GPUBufferUsage.STORAGE;
    gpu.buffers.guard(3e6, 'test', () => {
      // What Dawn's scope reports where the driver refuses; provoked, since a software device rarely does.
      const scopes = device.popErrorScope;
      device.popErrorScope = async () => {
        device.popErrorScope = scopes;
        await scopes.call(device);
        return new GPUOutOfMemoryError('no room');
      };
      return device.createBuffer({ size: 16, usage }).destroy();
    });
    await expect(gpu.check()).rejects.toMatchObject({ code: 'device/out-of-memory', message: /3\.0 MB/ });
  });

  test('the account agrees with the buffers made and destroyed', async () => {
    const made = watchBuffers(device);
    const backend = createWebgpuBackend(device);
    await compareWithPlain(backend);
    expect(backend.memory.held).toBe(0);
    expect(made.peak).toBeGreaterThan(0);
    expect(backend.memory.peak).toBe(made.peak);
    expect(made.held).toBe(0);
    made.restore();
  });

  test('the self-test passes here, and says by how much', async () => {
    const { backend, selfTest } = await verifiedBackend(device);
    expect(selfTest.half).toBe(false);
    expect(selfTest.attention).toBeLessThan(1e-5);
    expect(selfTest.divergence).toBeLessThan(1e-5);
    await backend.release();
  });
});

describe('a device that computes wrongly', () => {
  /** A device whose compiler changes what it is given. */
  const faulty = async (change: (code: string) => string) => {
    const device = await dawnDevice();
    const create = device.createShaderModule;
    device.createShaderModule = (descriptor) =>
      create.call(device, { ...descriptor, code: change(descriptor.code) });
    return device;
  };
  const broken = (code: string) => code.replace('dot(pi, l[j])', '0.5 * dot(pi, l[j])');

  test('is refused', async () => {
    const device = await faulty(broken);
    await expect(verifiedBackend(device)).rejects.toMatchObject({ code: 'device/wrong-results' });
    device.destroy();
  });

  test('with tiles that a trial chose gets the usual ones', async () => {
    const tiles = { threads: 4, register: 8 };
    const device = await faulty((code) => (code.includes('REGISTER = 8u') ? broken(code) : code));
    const { backend, selfTest } = await verifiedBackend(device, tiles);
    expect(selfTest.divergence).toBeLessThan(1e-5);
    await backend.release();
    device.destroy();
  });
});

test('every kernel is valid with rows in 16 bits', async () => {
  // Dawn's null backend checks everything and runs nothing, so it has every feature.
  const device = await dawnDevice(['shader-f16'], ['backend=null']);
  const gpu = new Gpu(device);
  expect(gpu.tuning.half).toBe(true);
  for (const [file, text] of Object.entries(SOURCES))
    expect(
      KERNELS.some(({ source }) => source.includes(text)),
      file,
    ).toBe(true);
  for (const kernel of KERNELS)
    for (const [, entry] of kernel.source.matchAll(/@compute[^{]*?fn (\w+)/g))
      await gpu.program(kernel, entry, overridesOf(kernel));
  device.destroy();
});

test('rows in 16 bits: the self-test passes where a device has them', async ({ skip }) => {
  const device = await dawnDevice(['shader-f16']);
  if (device.features.has('shader-f16')) {
    const { selfTest, backend } = await verifiedBackend(device);
    expect(selfTest).toMatchObject({ half: true });
    await backend.release();
  }
  const missing = !device.features.has('shader-f16');
  device.destroy();
  skip(missing, 'this adapter lacks shader-f16');
});

test('a lost device is an error, in work and at the start of it', async () => {
  const device = await dawnDevice();
  const backend = createWebgpuBackend(device);
  const values = Float32Array.of(0.5, 0.5);
  const rows = await backend.load(values, 2, 'kl');
  const read = backend.read(rows);
  device.destroy();
  await expect(read).rejects.toMatchObject({ code: 'device/lost' });
  await expect(backend.load(values, 2, 'kl')).rejects.toMatchObject({ code: 'device/lost' });
  await backend.release();
  expect(backend.memory.held).toBe(0);
});

/** Some value for every override that the text declares. */
function overridesOf({ source }: Kernel): Record<string, number> {
  return Object.fromEntries([...source.matchAll(/^override (\w+)/gm)].map(([, name]) => [name!, 0]));
}

/** Counts the bytes of a device's buffers by watching it make and destroy them. */
function watchBuffers(device: GPUDevice) {
  const create = device.createBuffer;
  const seen = {
    held: 0,
    peak: 0,
    restore: () => {
      device.createBuffer = create;
    },
  };
  device.createBuffer = (descriptor) => {
    const buffer = create.call(device, descriptor);
    seen.held += buffer.size;
    seen.peak = Math.max(seen.peak, seen.held);
    const destroy = buffer.destroy;
    buffer.destroy = () => {
      seen.held -= buffer.size;
      destroy.call(buffer);
    };
    return buffer;
  };
  return seen;
}
