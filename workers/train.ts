import { expose } from 'comlink';
import { keepErrorsWhole } from '../src/lib/wire.ts';
import { createTrainer } from '../src/train/trainer.ts';

keepErrorsWhole();
expose(createTrainer(new URL(`${import.meta.env.BASE_URL}models/manifest.json`, self.location.origin).href));
