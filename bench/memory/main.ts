import { benchMemory } from './bench.ts';

const names = ['wasm', 'webgpu', 'whole'].filter((name) => process.argv.includes(name));
console.log(await benchMemory(names.length > 0 ? names : ['wasm', 'webgpu']));
