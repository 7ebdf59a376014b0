import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { parseManifest } from '../src/engine/model/manifest.ts';
import { contentSecurityPolicy } from './headers.ts';

const sources = /connect-src ([^;]+)/.exec(contentSecurityPolicy)![1]!.split(' ');
const manifest = new URL('../public/models/manifest.json', import.meta.url);
const entries = parseManifest(JSON.parse(await readFile(manifest, 'utf8')));
const remote = entries.filter(({ embedded }) => !embedded);

test.each(remote)('the policy lets the page fetch $id', ({ file }) => {
  expect(sources).toContain(new URL(file.url).origin);
});

test('the policy names every host: nothing can go anywhere else', () => {
  for (const source of sources) expect(source).toMatch(/^('self'|blob:|data:|https:\/\/[\w*.]+\.\w+)$/);
});

test('a build may name more hosts', async () => {
  vi.resetModules();
  vi.stubEnv('UNPROMPTED_WEIGHT_HOSTS', 'models.example.org');
  const wider = await import('./headers.ts');
  vi.unstubAllEnvs();
  const policy = contentSecurityPolicy.replace(/(connect-src [^;]+)/, '$1 https://models.example.org');
  expect(wider.contentSecurityPolicy).toBe(policy);
});
