import { expect, test } from 'vitest';
import { HUB_HOSTS, mayAsk, weightHosts } from './hosts.ts';

test.each([
  ['https://huggingface.co/a/b/resolve/main/model.safetensors', true],
  ['https://cdn-lfs.huggingface.co/a', true],
  ['https://cdn-lfs-us-1.hf.co/a', true],
  ['https://cas-bridge.xethub.hf.co/a', true],
  ['https://us.aws.cdn.hf.co/a', true],
  ['http://huggingface.co/a', false],
  ['https://huggingface.co.evil.example/a', false],
  ['https://evilhf.co/a', false],
  ['https://example.org/a', false],
  ['model.safetensors', false],
])('the page may ask %s: %s', (url, may) => {
  expect(mayAsk(url, weightHosts())).toBe(may);
});

test('the builder of a page may name more hosts', () => {
  const hosts = weightHosts('models.example.org:8443, *.example.net');
  expect(hosts).toEqual([...HUB_HOSTS, 'models.example.org:8443', '*.example.net']);
  expect(mayAsk('https://models.example.org:8443/a.pth', hosts)).toBe(true);
  expect(mayAsk('https://models.example.org/a.pth', hosts)).toBe(false);
  expect(mayAsk('https://a.b.example.net/a.pth', hosts)).toBe(true);
  expect(mayAsk('https://example.net/a.pth', hosts)).toBe(false);
});

test.each(['*', 'https://example.org', 'example.org/models', "'unsafe-inline'", 'example.org;', 'localhost'])(
  '%s is no host to name',
  (named) => {
    expect(() => weightHosts(named)).toThrow(named);
  },
);
