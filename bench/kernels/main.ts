import { dawnDevice } from '../../src/engine/gpu/dawn.ts';
import { benchKernels } from './bench.ts';

const device = await dawnDevice(['shader-f16']);
console.log(await benchKernels(device));
device.destroy();
