import { expect, test } from 'vitest';
import { clipUrl, linkIn } from './link.ts';

test.each([
  ['#sample=jelly', { kind: 'sample', what: 'jelly' }],
  ['#clip=clips/dog.mp4', { kind: 'clip', what: 'clips/dog.mp4' }],
  ['#clip=a%20b%26c.mp4', { kind: 'clip', what: 'a b&c.mp4' }],
  ['#sample=', { kind: 'sample', what: '' }],
  ['#other', null],
  ['', null],
])('%s asks for %o', (hash, link) => {
  expect(linkIn(hash)).toEqual(link);
});

test.each([
  ['clips/dog.mp4', 'https://a.example/demo/clips/dog.mp4'],
  ['/dog.mp4', 'https://a.example/dog.mp4'],
  ['https://a.example/dog.mp4', 'https://a.example/dog.mp4'],
  ['https://b.example/dog.mp4', undefined],
  ['//b.example/dog.mp4', undefined],
  ['javascript:alert(1)', undefined],
  ['blob:https://a.example/1', undefined],
  ['http://', undefined],
  ['', undefined],
])('a clip at %s lies at %s', (what, url) => {
  expect(clipUrl(what, 'https://a.example/demo/#x')?.href).toBe(url);
});
