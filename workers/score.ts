import { expose } from 'comlink';
import { keepErrorsWhole } from '../src/engine/wire.ts';
import { createJudge } from '../src/evaluate/judge.ts';

keepErrorsWhole();
expose(createJudge());
