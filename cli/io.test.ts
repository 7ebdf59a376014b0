import { expect, it } from 'vitest';
import { createIo } from './io.ts';
import { progressText } from './progress.ts';

function listen(options: { json?: boolean; quiet?: boolean; isTTY?: boolean } = {}) {
  const heard = { out: '', err: '' };
  let time = 0;
  const io = createIo({
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    signal: new AbortController().signal,
    out: { write: (text) => (heard.out += text) },
    err: { write: (text) => (heard.err += text), isTTY: options.isTTY ?? false },
    now: () => time,
  });
  return { io, heard, pass: (milliseconds: number) => (time += milliseconds) };
}

it('prints the result as text, or as one line of JSON', () => {
  const plain = listen();
  plain.io.result({ a: 'b\nc' }, 'done');
  expect(plain.heard).toEqual({ out: 'done\n', err: '' });
  const json = listen({ json: true, quiet: true });
  json.io.result({ a: 'b\nc' }, 'done');
  expect(json.heard).toEqual({ out: '{"a":"b\\nc"}\n', err: '' });
});

it('replaces progress on a terminal and wipes it before a note', () => {
  const { io, heard } = listen({ isTTY: true });
  io.progress('one');
  io.progress('two');
  io.note('by the way');
  expect(heard.err).toBe('one\r\x1b[2Ktwo\r\x1b[2Kby the way\n');
});

it('thins progress out elsewhere', () => {
  const { io, heard, pass } = listen();
  io.progress('one');
  pass(4000);
  io.progress('two');
  pass(1000);
  io.progress('three');
  expect(heard.err).toBe('one\nthree\n');
});

it('is silent with quiet', () => {
  const { io, heard } = listen({ quiet: true, isTTY: true });
  io.progress('one');
  io.note('two');
  io.result({}, 'three');
  expect(heard).toEqual({ out: '', err: '' });
});

it.each([
  [null, 'reading frames: 3 of 12 frames'],
  [9.2, 'reading frames: 3 of 12 frames, 10 s left'],
  [61, 'reading frames: 3 of 12 frames, 1 min 1 s left'],
])('shows progress with %s seconds left', (left, text) => {
  expect(progressText({ stage: 'tokens', done: 3, total: 12, unit: 'frames', left })).toBe(text);
});
