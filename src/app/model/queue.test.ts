import { expect, test } from 'vitest';
import {
  isTouched,
  isVideo,
  nextClip,
  nextWaiting,
  openOf,
  type QueuedClip,
  withChange,
  withFiles,
} from './queue.ts';

const file = (name: string, type = '') => new File(['x'], name, { type });
const [a, b, c] = [file('a.mp4'), file('b.mov'), file('c.webm')] as const;
const QUEUE = withFiles([], [a, b, c]);
const states = (...given: QueuedClip['state'][]) =>
  given.reduce((clips, state, i) => withChange(clips, i + 1, { state }), QUEUE);

test('videos are clips by themselves, stills and masks are not', () => {
  const names = ['a.MP4', 'b.mov', 'c.gif', 'd.mpegts', '00001.png', 'e.jpg', 'notes.txt', 'mp4'];
  expect(names.filter((name) => isVideo(file(name)))).toEqual(names.slice(0, 4));
  expect(isVideo(file('odd', 'video/quicktime'))).toBe(true);
});

test('clips come to the end of the queue, each with an id of its own', () => {
  const longer = withFiles(QUEUE.slice(1), [a]);
  expect(longer.map((clip) => [clip.id, clip.file.name, clip.state])).toEqual([
    [2, 'b.mov', 'waiting'],
    [3, 'c.webm', 'waiting'],
    [4, 'a.mp4', 'waiting'],
  ]);
  expect(openOf(longer, [c])?.id).toBe(3);
  expect(openOf(longer, [file('c.webm')])).toBeUndefined();
});

test('the next one that waits comes after the open one, then from the start', () => {
  expect(nextWaiting(QUEUE, undefined)?.id).toBe(1);
  expect(nextWaiting(states('done'), 1)?.id).toBe(2);
  expect(nextWaiting(states('waiting', 'failed', 'done'), 3)?.id).toBe(1);
  expect(nextWaiting(states('done', 'failed', 'done'), 1)).toBeUndefined();
  expect(nextWaiting(states('waiting', 'done', 'done'), 1), 'the open one itself is none').toBeUndefined();
});

test('“next clip” goes round those that are done where none waits, but not to what failed', () => {
  expect(nextClip(states('done', 'failed', 'done'), 1)?.id).toBe(3);
  expect(nextClip(states('done', 'failed', 'done'), 3)?.id).toBe(1);
  expect(nextClip(states('done', 'failed', 'failed'), 1)).toBeUndefined();
});

test('a clip is touched by an edit, a selection, another frame, Play or a tool, not by the run', () => {
  const still = { frame: 4, edits: 1, selected: 0, playing: false, busy: false };
  expect(isTouched(still, still)).toBe(false);
  const changes = [{ frame: 0 }, { edits: 2 }, { selected: 1 }, { playing: true }, { busy: true }];
  for (const change of changes) expect(isTouched(still, { ...still, ...change })).toBe(true);
});
