import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecName, convertCommand, unusualProfile } from './codecs.ts';
import { editEndIn } from './editlist.ts';
import { storedSize } from './imagesize.ts';
import { inNaturalOrder, isLitter } from './open.ts';
import { halvingsFor } from './preprocess.ts';
import { sniff } from './sniff.ts';
import { lastAtMost, nearest, type PacketNote, showsPicture, timelineOf, worthSeeking } from './timeline.ts';
import { thumbnailFrames } from './viewer.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/fixtures/video/${name}`, import.meta.url)));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('what a file is, by its first bytes', () => {
  test.each([
    ['bframes.mp4', { kind: 'video', container: 'MP4' }],
    ['bframes.mov', { kind: 'video', container: 'QuickTime' }],
    ['bframes.mkv', { kind: 'video', container: 'Matroska' }],
    ['odd.webm', { kind: 'video', container: 'WebM' }],
    ['bframes.mpegts', { kind: 'video', container: 'MPEG-TS' }],
    ['moving.gif', { kind: 'image', type: 'image/gif', animated: true }],
    ['moving.webp', { kind: 'image', type: 'image/webp', animated: true }],
    ['moving.png', { kind: 'image', type: 'image/png', animated: true }],
    ['still.jpg', { kind: 'image', type: 'image/jpeg', animated: false }],
    ['mpeg4.avi', { kind: 'unsupported', container: 'AVI' }],
    ['old.flv', { kind: 'unsupported', container: 'FLV' }],
    ['old.wmv', { kind: 'unsupported', container: 'WMV/ASF' }],
    ['old.ogv', { kind: 'unsupported', container: 'Ogg' }],
    ['make.sh', { kind: 'other', like: 'a text file' }],
  ])('%s', (name, expected) => {
    expect(sniff(fixture(name))).toEqual(expected);
  });

  test.each([
    ['%PDF-1.7', 'a PDF document'],
    ['PK\x03\x04', 'a ZIP archive or an Office document'],
    ['\n<!DOCTYPE html><html>', 'a web page'],
    ['\x01\x02\x03\x04\x05', 'binary data of an unknown kind'],
    ['Ein Satz mit Umlauten: äöü.', 'a text file'],
  ])('%j', (start, like) => {
    expect(sniff(bytes(start))).toEqual({ kind: 'other', like });
  });

  test('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
        expect(sniff(head).kind).toBeTypeOf('string');
        for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/bmp'])
          storedSize(head, type);
      }),
    );
  });
});

test.each([
  ['still.jpg', 'image/jpeg'],
  ['moving.png', 'image/png'],
  ['moving.webp', 'image/webp'],
  ['moving.gif', 'image/gif'],
])('size of %s, by its header', (name, type) => {
  expect(storedSize(fixture(name), type)).toEqual({ width: 96, height: 64 });
  expect(storedSize(fixture(name).subarray(0, 5), type)).toBeNull();
});

test('names in natural order, folders first', () => {
  const file = (path: string) =>
    Object.defineProperty(new File([], path.split('/').at(-1)!), 'webkitRelativePath', { value: path });
  const paths = ['b/f1.png', 'a/f10.png', 'a/f9.png', 'a/f009b.png'];
  expect(inNaturalOrder(paths.map(file)).map((each) => each.webkitRelativePath)).toEqual([
    'a/f9.png',
    'a/f009b.png',
    'a/f10.png',
    'b/f1.png',
  ]);
  expect(['.DS_Store', 'Thumbs.db', 'desktop.ini', 'a.png'].filter(isLitter)).toHaveLength(3);
});

describe('timeline', () => {
  const packet = (sequence: number, timestamp: number, more: Partial<PacketNote> = {}): PacketNote => ({
    sequence,
    timestamp,
    duration: 0.1,
    key: false,
    shown: true,
    ...more,
  });

  test('decode order becomes presentation order', () => {
    const timeline = timelineOf([
      packet(0, 0, { key: true }),
      packet(4, 0.3),
      packet(7, 0.1),
      packet(9, 0.2),
    ]);
    expect([...timeline.timestamps]).toEqual([0, 0.1, 0.2, 0.3]);
    expect([0, 4, 7, 9].map((sequence) => timeline.indexOf.get(sequence))).toEqual([0, 3, 1, 2]);
    expect([...timeline.keys]).toEqual([0]);
    expect(timeline.duration).toBeCloseTo(0.4);
  });

  test('packets never shown, cut from the start, or cut from the end have no place', () => {
    const packets = [
      packet(0, -0.2, { key: true }),
      packet(1, -0.1),
      packet(2, 0, { key: true }),
      packet(3, 0.05, { shown: false }),
      packet(4, 0.1),
      packet(5, 0.2),
    ];
    const timeline = timelineOf(packets, 0.2);
    expect([...timeline.timestamps]).toEqual([0, 0.1]);
    expect([...timeline.indexOf]).toEqual([
      [2, 0],
      [4, 1],
    ]);
  });

  test('a last frame without a duration lasts as long as most', () => {
    const times = [0, 0.1, 0.2, 0.3, 5];
    const timeline = timelineOf(times.map((time, at) => packet(at, time, { duration: 0 })).slice(1));
    expect(timeline.duration).toBeCloseTo(5.0);
  });

  test('search agrees with looking at every value', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50), { minLength: 1 }), fc.nat(60), (unsorted, wanted) => {
        const values = Int32Array.from(unsorted).sort();
        expect(lastAtMost(values, wanted)).toBe([...values].filter((value) => value <= wanted).at(-1) ?? -1);
        const distance = Math.min(...values.map((value) => Math.abs(value - wanted)));
        expect(Math.abs(nearest(values, wanted) - wanted)).toBe(distance);
      }),
    );
  });

  test('seeks over a far key frame, decodes on to a near one', () => {
    const keys = Int32Array.of(0, 30, 60);
    expect(worthSeeking(keys, 5, 12)).toBe(false);
    expect(worthSeeking(keys, 5, 29)).toBe(false);
    expect(worthSeeking(keys, 5, 31)).toBe(true);
    expect(worthSeeking(keys, 25, 31)).toBe(false);
  });

  test('VP8 and VP9 packets that show nothing', () => {
    expect(showsPicture('vp8', Uint8Array.of(0x10, 0, 0))).toBe(true);
    expect(showsPicture('vp8', Uint8Array.of(0x00, 0, 0))).toBe(false);
    expect(showsPicture('vp9', Uint8Array.of(0b10000010, 0))).toBe(true);
    expect(showsPicture('vp9', Uint8Array.of(0b10000000, 0))).toBe(false);
    expect(showsPicture('vp9', Uint8Array.of(0b10001000, 0))).toBe(true);
    expect(showsPicture('vp9', Uint8Array.of(0b10000000, 0xc1))).toBe(true);
  });
});

test('the end of an edit list', () => {
  const box = (type: string, ...parts: Uint8Array[]) => {
    const size = 8 + parts.reduce((sum, part) => sum + part.length, 0);
    return Uint8Array.from([...words(size), ...bytes(type), ...parts.flatMap((part) => [...part])]);
  };
  const words = (...values: number[]) => {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, at) => {
      view.setInt32(4 * at, value);
    });
    return new Uint8Array(view.buffer);
  };
  const rate = 0x10000;
  const movie = (...edits: number[]) => {
    const list = box('elst', words(0, edits.length / 3, ...edits));
    const track = box('trak', box('tkhd', words(0, 0, 0, 7)), box('edts', list));
    const content = Uint8Array.from([...box('mvhd', words(0, 0, 0, 1000)), ...track]);
    return new DataView(content.buffer);
  };
  expect(editEndIn(movie(1500, 1024, rate), 7)).toBe(1.5);
  expect(editEndIn(movie(200, -1, rate, 1500, 0, rate), 7)).toBe(1.7);
  expect(editEndIn(movie(1500, 0, rate), 8)).toBeNull();
  expect(editEndIn(movie(0, 0, rate), 7)).toBeNull();
  expect(editEndIn(movie(500, 0, rate, 500, 900, rate), 7)).toBeNull();
});

test('codecs in words', () => {
  expect(codecName('avc', 'avc1', 'avc1.f4001e')).toBe('H.264 High 4:4:4 (avc1.f4001e)');
  expect(codecName('vp8', 'V_VP8', 'vp8')).toBe('VP8 (vp8)');
  expect(codecName(null, 'mp4v', null)).toBe('MPEG-4 Part 2 (DivX, Xvid)');
  expect(codecName(null, 2, null)).toBe('MPEG-2');
  expect(codecName(null, 'zzzz', null)).toBe('“zzzz”');
  expect(unusualProfile('avc1.640028')).toBeNull();
  expect(unusualProfile('hvc1.2.4.L93.B0')).toBe('Main 10');
  expect(convertCommand('my $clip.avi')).toContain('ffmpeg -i "my \\$clip.avi"');
});

test('halvings leave a scale of at most 2', () => {
  const frame = { width: 1920, height: 1080 };
  expect(halvingsFor(frame, 960, 540)).toBe(0);
  expect(halvingsFor(frame, 384, 192)).toBe(2);
  expect(halvingsFor(frame, 4000, 2000)).toBe(0);
});

test('thumbnails take key frames nearby, and never the same frame twice', () => {
  expect(thumbnailFrames(100, 4, Int32Array.of(0, 15, 40, 88))).toEqual([15, 40, 62, 88]);
  expect(thumbnailFrames(3, 10, Int32Array.of(0))).toEqual([0, 1, 2]);
});
