import { expose } from 'comlink';
import { createEngine } from '../src/engine/engine.ts';
import { keepErrorsWhole } from '../src/engine/wire.ts';

keepErrorsWhole();
expose(createEngine(new URL(`${import.meta.env.BASE_URL}models/manifest.json`, self.location.origin).href));
