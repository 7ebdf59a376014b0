import { testBackend } from '../../../../test/backend-cases.ts';
import { createWasmBackend } from './backend.ts';

testBackend('wasm', createWasmBackend);
