import { expect, test } from 'vitest';
import { evicted, isWork } from './eviction.ts';

/** Projects, oldest first: w worked on, e empty, o with objects by an earlier version, n without. */
const recent = (kinds: string) =>
  [...kinds].map((kind, i) => ({
    id: `${i}`,
    name: '',
    saved: i,
    poster: null,
    objects: kind === 'o' || kind === 'w' ? 3 : 0,
    ...('we'.includes(kind) ? { worked: kind === 'w' } : {}),
  }));

test.each<[what: string, kinds: string, gone: string[]]>([
  ['twelve stay', 'eeeeeeeeeeee', []],
  ['the oldest empty ones go', 'weweeeeeeeeeee', ['1', '3']],
  ['four clips with work, then a dozen opened', 'wwwweeeeeeeeeeee', ['4', '5', '6', '7']],
  ['all with work stay, however many', 'wwwwwwwwwwwwwwww', []],
  ['the one just written stays, though empty', 'wwwwwwwwwwwwe', []],
  ['those of an earlier version go by their objects', 'onoooooooooooo', ['1']],
])('%s', (_, kinds, gone) => {
  const all = recent(kinds);
  expect(evicted(all, all.at(-1)!.id)).toEqual(gone);
});

const OPENED = { edits: 0, objects: 3, exported: false, sample: false, finished: false, queued: false };

test.each<[what: string, done: Partial<typeof OPENED>, work: boolean]>([
  ['opened, and left while it was looked at', {}, false],
  ['nothing was found', { objects: 0, finished: true }, false],
  ['its run has ended', { finished: true }, true],
  ['one edit', { edits: 1 }, true],
  ['exported', { exported: true }, true],
  ['one of a queue that was left on the way', { queued: true }, true],
  ['a sample that was looked at', { sample: true, finished: true }, false],
  ['a sample that was edited', { sample: true, edits: 1 }, true],
])('work is, or is not: %s', (_, done, work) => {
  expect(isWork({ ...OPENED, ...done })).toBe(work);
});
