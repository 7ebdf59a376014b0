import { expose } from 'comlink';
import { keepErrorsWhole } from '../src/lib/wire.ts';
import { createTrainer } from '../src/train/trainer.ts';

keepErrorsWhole();
// Built or not, a worker lies in a folder beside that of the models.
expose(createTrainer(new URL('../models/manifest.json', self.location.href).href));
