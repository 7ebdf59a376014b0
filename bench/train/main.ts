import { benchTraining } from './bench.ts';

console.log(await benchTraining());
