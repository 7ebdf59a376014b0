import { expect, test } from 'vitest';
import { mayAsk } from './hosts.ts';

test.each([
  ['https://huggingface.co/a/b/resolve/main/model.safetensors', true],
  ['https://cdn-lfs.hf.co/a', true],
  ['http://huggingface.co/a', false],
  ['https://huggingface.co.evil.example/a', false],
  ['https://evilhf.co/a', false],
  ['https://example.org/a', false],
  ['model.safetensors', false],
])('the page may ask %s: %s', (url, may) => {
  expect(mayAsk(url)).toBe(may);
});
