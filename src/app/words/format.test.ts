import { expect, test } from 'vitest';
import { ago, bytes, count, formatsOf, percent, timecode, wait } from './format.ts';

test.each([
  [0, '0:00.000'],
  [3.25, '0:03.250'],
  [59.9996, '1:00.000'],
  [3723.5, '1:02:03.500'],
])('timecode of %d s is %s', (seconds, text) => expect(timecode(seconds)).toBe(text));

test.each([
  [0.2, 'under 1 s'],
  [14.4, '14 s'],
  [59.7, '1 min'],
  [180, '3 min'],
  [197, '3 min 20 s'],
  [1260, '21 min'],
  [3600, '1 h'],
  [3900, '1 h 5 min'],
])('a wait of %d s is shown as %s', (seconds, text) => expect(wait(seconds)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_300, '12 kB'],
  [3_400_000, '3.4 MB'],
  [310_000_000, '310 MB'],
  [1_230_000_000, '1.2 GB'],
])('%d bytes are shown as %s', (size, text) => expect(bytes(size)).toBe(text));

test.each([
  [0, '0.0 %'],
  [0.0004, '< 0.1 %'],
  [0.004, '0.4 %'],
  [0.917, '92 %'],
])('a share of %d is shown as %s', (share, text) => expect(percent(share)).toBe(text));

test.each([
  [19, '19'],
  [184_320, '184\u2009320'],
  [36_500_000, '36.5 million'],
  [4.1e9, '4.10 billion'],
])('%d is shown as %s', (value, text) => expect(count(value)).toBe(text));

test.each([
  [20, 'just now'],
  [61, '1 minute ago'],
  [3 * 3600 + 5, '3 hours ago'],
  [90_000, 'yesterday'],
  [10 * 86_400, '10 days ago'],
])('%d seconds ago is %s', (seconds, text) => expect(ago(seconds)).toBe(text));

test('in German', () => {
  const german = formatsOf('de');
  expect(german.timecode(3.25)).toBe('0:03,250');
  expect([0.2, 3900].map(german.wait)).toEqual(['unter 1 s', '1 Std. 5 min']);
  expect([20, 61, 90_000].map(german.ago)).toEqual(['gerade eben', 'vor 1 Minute', 'gestern']);
  expect(german.bytes(3_400_000)).toBe('3,4 MB');
  expect([0.0004, 0.004].map(german.percent)).toEqual(['< 0,1 %', '0,4 %']);
  expect([184_320, 36_500_000, 4.1e9].map(german.count)).toEqual(['184\u2009320', '36,5 Mio.', '4,10 Mrd.']);
  expect([0.317, 14.14, 125.2].map(german.duration)).toEqual(['0,32 s', '14,1 s', '125 s']);
  expect(german.rate(29.97)).toBe('29,97');
});
