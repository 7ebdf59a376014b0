import { expose } from 'comlink';
import { runtimeApi } from '../src/engine/onnx/runtime-api.ts';
import { keepErrorsWhole } from '../src/lib/wire.ts';

keepErrorsWhole();
expose(runtimeApi);
