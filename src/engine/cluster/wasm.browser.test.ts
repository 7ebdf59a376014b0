import { testCompute } from './cases.ts';
import { createWasmCompute } from './wasm.ts';

testCompute('wasm in Chromium', createWasmCompute);
