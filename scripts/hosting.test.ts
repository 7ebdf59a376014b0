import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ISOLATION } from '../workers/offline-files.ts';
import { servedHeaders } from './headers.ts';
import { hostFiles } from './hosting.ts';

test.each(Object.keys(servedHeaders) as (keyof typeof servedHeaders)[])('every host sends %s', (name) => {
  const value = servedHeaders[name];
  expect(hostFiles._headers).toContain(`\n  ${name}: ${value}\n`);
  expect(hostFiles['.htaccess']).toContain(`Header set ${name} "${value}"\n`);
  const { headers } = JSON.parse(hostFiles['vercel.json'] ?? '');
  expect(headers[0]).toEqual({ source: '/(.*)', headers: expect.arrayContaining([{ key: name, value }]) });
});

test('the page of documentation has the headers of isolation', async () => {
  const page = await readFile(new URL('../docs/hosting.md', import.meta.url), 'utf8');
  for (const [name, value] of Object.entries(ISOLATION)) {
    expect(page).toContain(`${name}: ${value}`);
    expect(page).toContain(`add_header ${name} ${value} always;`);
  }
});
