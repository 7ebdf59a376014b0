import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inWords } from '../../lib/phrases.ts';
import { codecName, convertCommand, unusualProfile } from './codecs.ts';
import { CODECS } from './errors.ts';
import { shownSize } from './imagesize.ts';
import { readMovie } from './isobmff.ts';
import { joined, nalUnits, withReorderLimit } from './nal.ts';
import { inNaturalOrder, isLitter } from './names.ts';
import { halvingsFor } from './preprocess.ts';
import { sniff } from './sniff.ts';
import {
  lastAtMost,
  nearest,
  type PacketNote,
  presentAll,
  presentEdits,
  showsPicture,
  timelineOf,
  withoutJumps,
  worthSeeking,
} from './timeline.ts';
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
    ['make.sh', { kind: 'other', like: 'text' }],
  ])('%s', (name, expected) => {
    expect(sniff(fixture(name))).toEqual(expected);
  });

  test.each([
    ['%PDF-1.7', 'pdf'],
    ['PK\x03\x04', 'zip'],
    ['\n<!DOCTYPE html><html>', 'page'],
    ['\x01\x02\x03\x04\x05', 'binary'],
    ['Ein Satz mit Umlauten: äöü.', 'text'],
  ])('%j', (start, like) => {
    expect(sniff(bytes(start))).toEqual({ kind: 'other', like });
  });

  test('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
        expect(sniff(head).kind).toBeTypeOf('string');
        for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/bmp'])
          shownSize(head, type);
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
  expect(shownSize(fixture(name), type)).toEqual({ width: 96, height: 64 });
  expect(shownSize(fixture(name).subarray(0, 5), type)).toBeNull();
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
    containerTimestamp: timestamp,
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
    expect(presentAll(timeline).duration).toBeCloseTo(0.4);
  });

  test('packets never shown have no place, and no time is negative', () => {
    const timeline = timelineOf([
      packet(0, -0.1, { key: true }),
      packet(1, 0),
      packet(3, 0.05, { shown: false }),
      packet(4, 0.1),
    ]);
    expect([...timeline.indexOf]).toEqual([
      [0, 0],
      [1, 1],
      [4, 2],
    ]);
    expect([...presentAll(timeline).timestamps]).toEqual([0, 0.1, 0.2]);
  });

  test('two packets at one time are two frames, in decode order', () => {
    const timeline = timelineOf([0, 0, 1, 1].map((time, at) => packet(at, time / 10, { duration: 0 })));
    expect([...timeline.timestamps]).toEqual([0, 0, 0.1, 0.1]);
    expect([0, 1, 2, 3].map((sequence) => timeline.indexOf.get(sequence))).toEqual([0, 1, 2, 3]);
    const edits = [{ duration: 1, from: 0, rate: 1 }];
    expect([...presentEdits(timeline, edits, 0.001).places]).toEqual([0, 1, 2, 3]);
  });

  test('edits show what they name, one after the other', () => {
    const timeline = timelineOf(Array.from({ length: 10 }, (_, at) => packet(at, at / 10)));
    const shown = (...edits: [duration: number, from: number | null, rate: number][]) => {
      const list = edits.map(([duration, from, rate]) => ({ duration, from, rate }));
      const { places, timestamps, duration } = presentEdits(timeline, list, 0.001);
      return { places: [...places], times: [...timestamps].map((time) => Number(time.toFixed(6))), duration };
    };
    expect(shown([0.2, 0.3, 1], [0.3, 0, 1])).toMatchObject({
      places: [3, 4, 0, 1, 2],
      times: [0, 0.1, 0.2, 0.3, 0.4],
    });
    expect(shown([1, null, 1], [0.2, 0.8, 1])).toMatchObject({ places: [8, 9], times: [1, 1.1] });
    expect(shown([Number.POSITIVE_INFINITY, 0.75, 1])).toMatchObject({
      places: [7, 8, 9],
      times: [0, 0.05, 0.15],
    });
    // A thousandth too much or too little is how durations are rounded.
    expect(shown([0.2005, 0.0999, 1]).places).toEqual([1, 2]);
    expect(shown([0.9005, 0, 1]).places, 'nothing is behind the last frame').toHaveLength(10);
    expect(shown([2, 0.4, 0], [0.1, 0.6, 1])).toMatchObject({ places: [4, 6], times: [0, 2] });
    expect(shown([2, null, 1]).places).toEqual([]);
  });

  test('a clock that jumps goes on from where it was; frames that are reordered do not jump', () => {
    const times = [0, 3, 1, 2, 6, 4, 5].map((time) => time / 10);
    const part = (from: number, shift: number) => times.map((time, at) => packet(from + at, time + shift));
    expect(withoutJumps(part(0, 0), 'MPEG-TS').jumps).toBe(0);
    for (const shift of [500, -500]) {
      const { packets, jumps } = withoutJumps([...part(0, 600), ...part(7, 600 + shift)], 'MPEG-TS');
      expect(jumps).toBe(1);
      const { timestamps, indexOf } = timelineOf(packets);
      expect([...timestamps].map((time) => Math.round(10 * (time - 600)))).toEqual([...Array(14).keys()]);
      expect(indexOf.get(7)).toBe(7);
    }
    // A gap in a Matroska file is meant.
    expect(withoutJumps([...part(0, 0), ...part(7, 500)], 'Matroska').jumps).toBe(0);
  });

  test('a last frame without a duration lasts as long as most', () => {
    const times = [0, 0.1, 0.2, 0.3, 5];
    const timeline = timelineOf(times.map((time, at) => packet(at, time, { duration: 0 })).slice(1));
    expect(presentAll(timeline).duration).toBeCloseTo(5.0);
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

describe('boxes', () => {
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
  const movie = (edits: Uint8Array) =>
    box(
      'moov',
      box('mvhd', words(0, 0, 0, 1000)),
      box(
        'trak',
        box('tkhd', words(0, 0, 0, 7)),
        box('edts', edits),
        box('mdia', box('mdhd', words(0, 0, 0, 90_000))),
      ),
    );
  const rate = 0x10000;

  test('the edit list of a track, in seconds', async () => {
    const list = box('elst', words(0, 3, 200, -1, rate, 1500, 45_000, rate / 2, 0, 9000, rate));
    const file = new Blob([box('ftyp', bytes('isom')), Uint8Array.from(movie(list))]);
    const read = await readMovie(file, false);
    expect(read?.edits(7)).toEqual({
      edits: [
        { duration: 0.2, from: null, rate: 1 },
        { duration: 1.5, from: 0.5, rate: 0.5 },
        { duration: Number.POSITIVE_INFINITY, from: 0.1, rate: 1 },
      ],
      tick: 0.001,
    });
    expect(read?.edits(8)).toBeNull();
    expect(read?.blob.size).toBe(file.size);
  });

  test('bytes that are no boxes are no movie, and none makes the search fail', async () => {
    expect(await readMovie(new Blob(['nothing of the kind']), false)).toBeNull();
    const whole = Uint8Array.from(movie(box('elst', words(0, 1, 1500, 0, rate))));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const file = new Blob([whole.with(at, value)]);
        const read = await readMovie(file, false);
        if (read) expect(read.blob.size).toBeGreaterThanOrEqual(file.size);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('NAL units', () => {
  test.each([0, 1, 2, 4])('come apart and together, with lengths of %i bytes', (lengthSize) => {
    const units = [Uint8Array.of(0x67, 1, 2), Uint8Array.of(0x65, 0, 0, 3, 1, 9)];
    expect(nalUnits(joined(units, lengthSize), lengthSize)).toEqual(units);
  });

  test('never fail, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(4), (data, lengthSize) => {
        const read = nalUnits(data, lengthSize).reduce((sum, unit) => sum + unit.length, 0);
        expect(read).toBeLessThanOrEqual(data.length);
        withReorderLimit(data);
      }),
    );
  });

  test('an SPS says how many frames are reordered afterwards, and is left alone where it does', () => {
    // High at level 3.0, 568 × 320, its VUI without a bitstream restriction: 8100 / (36 · 20) = 11 frames.
    const silent = Uint8Array.from(
      '27 64 00 1e ac 56 c0 90 29 e5 e6 a0 20 20 20 40'.split(' ').map((byte) => Number.parseInt(byte, 16)),
    );
    const rewritten = withReorderLimit(silent);
    expect(rewritten.length).toBeGreaterThan(silent.length);
    expect([...rewritten.subarray(0, 14)]).toEqual([...silent.subarray(0, 14)]);
    const bits = [...rewritten].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    // 11 twice in Exp-Golomb, and the stop bit.
    expect(bits).toContain('000110000011001');
    expect(withReorderLimit(rewritten)).toEqual(rewritten);
  });
});

test('codecs in words', () => {
  const named = (...of: Parameters<typeof codecName>) => inWords(CODECS, codecName(...of));
  expect(named('avc', 'avc1', 'avc1.f4001e')).toBe('H.264 High 4:4:4 (avc1.f4001e)');
  expect(named('vp8', 'V_VP8', 'vp8')).toBe('VP8 (vp8)');
  expect(named(null, 'mp4v', null)).toBe('MPEG-4 Part 2 (DivX, Xvid)');
  expect(named(null, 'raw ', null)).toBe('uncompressed video');
  expect(named(null, 2, null)).toBe('MPEG-2');
  expect(named(null, 99, null)).toBe('stream type 99');
  expect(named(null, 'zzzz', null)).toBe('“zzzz”');
  expect(named(null, null, null)).toBe('an unknown codec');
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
