import { testCompute } from './cases.ts';
import { PlainCompute } from './plain.ts';

testCompute('plain', async () => new PlainCompute());
