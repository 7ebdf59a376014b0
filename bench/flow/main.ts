import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { dawnDevice } from '../../test/dawn.ts';
import { benchFlow, compareFlow } from './bench.ts';

const { values } = parseArgs({ options: { reference: { type: 'string' } } });
const device = await dawnDevice().catch((error: Error) => {
  console.error(error.message);
  return null;
});
console.log(await benchFlow(device));
if (values.reference) console.log(`\n${await compareFlow(new Uint8Array(await readFile(values.reference)))}`);
device?.destroy();
