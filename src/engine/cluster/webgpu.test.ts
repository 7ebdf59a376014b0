import { afterAll } from 'vitest';
import { dawnDevice } from '../gpu/dawn.ts';
import { testCompute } from './cases.ts';
import { createWebgpuCompute } from './webgpu.ts';

const device = await dawnDevice();
afterAll(() => device.destroy());

testCompute('webgpu', async () => createWebgpuCompute(device));
