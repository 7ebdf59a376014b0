import { expose } from 'comlink';
import { createEvaluator } from '../src/evaluate/evaluator.ts';
import { keepErrorsWhole } from '../src/lib/wire.ts';

keepErrorsWhole();
expose(createEvaluator());
