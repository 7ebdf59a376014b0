import { expose } from 'comlink';
import { createEngine } from '../src/engine/session/engine.ts';
import { keepErrorsWhole } from '../src/lib/wire.ts';

keepErrorsWhole();
expose(createEngine(new URL(`${import.meta.env.BASE_URL}models/manifest.json`, self.location.origin).href));
