import { expose } from 'comlink';
import { createEngine } from '../src/engine/session/engine.ts';
import { keepErrorsWhole } from '../src/lib/wire.ts';

keepErrorsWhole();
// Built or not, a worker lies in a folder beside that of the models.
expose(createEngine(new URL('../models/manifest.json', self.location.href).href));
