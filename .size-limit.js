import { readFileSync } from 'node:fs';

// What the built page asks for before anything can be clicked: its module and those preloaded with it.
const page = readFileSync('dist/index.html', 'utf8');
const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(
  ([, path]) => `dist/${path}`,
);
if (scripts.length === 0) throw new Error('dist/index.html loads no script.');

export default [{ name: 'scripts of the first load, brotli', path: scripts, limit: '400 kB' }];
