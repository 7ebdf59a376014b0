import { afterAll, expect, test } from 'vitest';
import { dawnDevice } from '../../../../../test/dawn.ts';
import { Gpu } from './gpu.ts';
import { largeBuffersHold } from './large.ts';

const ROWS = 40;
const device = await dawnDevice();
afterAll(() => device.destroy());

test('a matrix that holds what was written', async () => {
  const gpu = new Gpu(device);
  expect(await largeBuffersHold(gpu, ROWS)).toBe(true);
  expect(gpu.buffers.tracker.held).toBe(0);
});

test('a device with the least limits, 128 MiB, is not tried', async () => {
  expect(device.limits.maxStorageBufferBindingSize).toBe(2 ** 27);
  expect(await largeBuffersHold(new Gpu(device))).toBe(false);
});

test('rows that are lost are an error', async () => {
  const create = device.createShaderModule;
  device.createShaderModule = (descriptor) =>
    create.call(device, {
      ...descriptor,
      // As past a binding's end: writes go nowhere.
      code: descriptor.code.replace('id.x < params.rows) { whole', 'id.x < 30) { whole'),
    });
  const lost = largeBuffersHold(new Gpu(device), ROWS);
  await expect(lost).rejects.toMatchObject({ code: 'device/wrong-results', message: /row 30/ });
  device.createShaderModule = create;
});
