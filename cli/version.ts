import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const Package = v.object({ version: v.string() });

/** The program's version, as in package.json. */
export function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return v.parse(Package, JSON.parse(readFileSync(file, 'utf8'))).version;
}
