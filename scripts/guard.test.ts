import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLocal, isServed } from './guard.ts';

test.each<[host: string | undefined, local: boolean]>([
  ['localhost', true],
  ['LOCALHOST:4173', true],
  ['app.localhost:80', true],
  ['127.0.0.1:4173', true],
  ['127.1.2.3', true],
  ['[::1]:4173', true],
  ['[0:0:0:0:0:0:0:1]', true],
  ['10.0.0.7:4173', false],
  ['169.254.169.254', false],
  ['0.0.0.0:4173', false],
  ['[::]', false],
  ['[2001:db8::1]:80', false],
  ['example.com', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['127.0.0.1:4173:80', false],
  ['', false],
  [undefined, false],
])('Host %s is this machine: %s', (host, local) => {
  expect(isLocal(host)).toBe(local);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  for (const file of ['secret.txt', 'dist/index.html', 'dist/assets/a b.js'])
    await writeFile(join(folder, file), 'x');
  await symlink(join(folder, 'secret.txt'), join(folder, 'dist/out.txt'));
  await symlink(folder, join(folder, 'dist/up'));
  await symlink(join(folder, 'dist/index.html'), join(folder, 'dist/in.html'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each<[url: string, served: boolean]>([
  ['/', true],
  ['/?x=1#y', true],
  ['/index.html', true],
  ['/assets/a%20b.js?v=2', true],
  ['/in.html', true],
  ['/assets/missing.js', false],
  ['/deep/link', false],
  ['/assets', false],
  ['/assets/', false],
  ['/out.txt', false],
  ['/up/secret.txt', false],
  ['/../secret.txt', false],
  ['/%2e%2e/secret.txt', false],
  ['/..%2fsecret.txt', false],
  ['/..%5csecret.txt', false],
  ['/index.html%00.js', false],
  ['/%E0%A4%A', false],
])('%s is served: %s', async (url, served) => {
  expect(await isServed(join(folder, 'dist'), url)).toBe(served);
});
