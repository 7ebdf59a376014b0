import { benchClustering } from './bench.ts';

console.log(await benchClustering());
