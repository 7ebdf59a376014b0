#!/usr/bin/env node
// The command line is TypeScript, as all the rest: tsx reads it as it is.
import { register } from 'tsx/esm/api';

register();
await import('./commands/main.ts');
