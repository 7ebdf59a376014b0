import { testBackend } from '../../../../test/backend-cases.ts';
import { PlainBackend } from './backend.ts';

testBackend('plain', async () => new PlainBackend());
