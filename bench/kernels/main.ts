import { dawnDevice } from '../../test/dawn.ts';
import { benchAccuracy } from './accuracy.ts';
import { benchKernels } from './bench.ts';

const device = await dawnDevice(['shader-f16']);
console.log(await benchKernels(device));
console.log(`\n${await benchAccuracy(device)}`);
device.destroy();
