import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodePng, type PngSource } from '../lib/png.ts';
import { openMasks, type VoidRule } from './masks.ts';

type Drawing = (x: number, y: number) => number;
const SIDE = 32;

/** A square picture of grey levels. */
const grey = (level: Drawing): PngSource => ({
  width: SIDE,
  height: SIDE,
  colour: 'grey',
  // Levels of 8 bits as ones of 16, which is what is written.
  samples: Uint16Array.from({ length: SIDE * SIDE }, (_, i) => level(i % SIDE, Math.floor(i / SIDE))),
});
const rgb = (level: Drawing): PngSource => ({
  ...grey(level),
  colour: 'rgb',
  samples: Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) =>
    level(Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)),
  ),
});
/** PGM holds 8-bit greys, which `encodePng` does not write. */
const pgm = (level: Drawing): Uint8Array => {
  const { samples } = grey(level);
  return Uint8Array.from([...new TextEncoder().encode(`P5 ${SIDE} ${SIDE} 255\n`), ...samples]);
};

const distance = (x: number, y: number, cx = 12) => Math.max(Math.abs(x - cx), Math.abs(y - 16));
const hard =
  (radius: number, level: number, cx = 12): Drawing =>
  (x, y) =>
    distance(x, y, cx) < radius ? level : 0;
const clamp = (level: number) => Math.max(0, Math.min(255, Math.round(level)));
const square = (x: number, y: number) => Number(distance(x, y) < 8);

async function read(frames: Uint8Array[], options: { truth?: boolean; void?: VoidRule } = {}) {
  const truths = frames.map((_, i) => ({ files: [`${i}`] }));
  const source = { paths: [], read: async (path: string) => frames[Number(path)]! };
  const masks = await openMasks(truths, source, { truth: true, ...options });
  const maps = await Promise.all(truths.map((truth) => masks.read(truth)));
  return { notes: masks.notes, labels: maps.map(({ labels }) => labels) };
}
const drawn = (level: Drawing) => [...grey(level).samples];

describe('soft edges', () => {
  const ramp: Drawing = (x, y) => clamp(255 * ((7.5 - distance(x, y)) / 4) + 128);
  test.each<[what: string, level: Drawing]>([
    ['a ramp', ramp],
    ['a steep ramp', (x, y) => clamp(255 * ((7.5 - distance(x, y)) / 1.5) + 128)],
    ['a round one', (x, y) => clamp(40 * (8 - Math.hypot(x - 12, y - 16)) + 128)],
    [
      'noise of a lossy file',
      (x, y) =>
        Math.abs(255 * square(x, y) - (Math.abs(distance(x, y) - 7.5) < 3 ? (x * 7 + y * 13) % 11 : 0)),
    ],
    ['one level between', (x, y) => (distance(x, y) === 8 ? 120 : 255 * square(x, y))],
  ])('%s is cut at half', async (_, level) => {
    const wanted = drawn((x, y) => Number(level(x, y) >= 128));
    for (const frame of [
      pgm(level),
      await encodePng(rgb(level)),
      await encodePng(grey((x, y) => 257 * level(x, y))),
    ]) {
      const { notes, labels } = await read([frame]);
      expect([...labels[0]!]).toEqual(wanted);
      expect(notes).toEqual(['soft']);
    }
  });

  test('a frame that shows none follows the others of its sequence', async () => {
    const faint = hard(2, 140, 20);
    const { labels } = await read([pgm((x, y) => Math.max(faint(x, y), hard(1, 90, 4)(x, y))), pgm(ramp)]);
    expect([...labels[0]!]).toEqual(drawn((x, y) => Number(faint(x, y) > 0)));
  });

  test.each<[what: string, level: Drawing]>([
    ['an object on each level', (x, y) => Math.max(hard(6, 90, 8)(x, y), hard(6, 255, 22)(x, y))],
    ['objects that touch', (x, y) => (x < 10 ? 60 : x < 20 ? 120 : 255) * Number(y > 4)],
    ['a thin object', (x, y) => Math.max(x === 2 ? 128 : 0, hard(6, 255, 20)(x, y))],
    ['an object inside another', (x, y) => hard(8, 100)(x, y) + hard(4, 155)(x, y)],
    ['a rim of label 1', (x, y) => (distance(x, y) === 8 ? 1 : 255 * square(x, y))],
  ])('%s keeps its numbers', async (_, level) => {
    const { labels, notes } = await read([pgm(level)], { truth: false });
    expect(notes).toEqual([]);
    const levels = [...new Set(drawn(level))].sort((a, b) => a - b);
    expect([...labels[0]!]).toEqual(drawn((x, y) => levels.indexOf(level(x, y))));
  });
});

test('a cut-out whose edges fade is what is at least half opaque', async () => {
  const opacity: Drawing = (x, y) => clamp(255 * ((7.5 - distance(x, y)) / 4) + 128);
  const rows = Array.from({ length: SIDE }, (_, y) => [
    0,
    ...Array.from({ length: SIDE }, (_, x) => [90, 20, 200, opacity(x, y)]).flat(),
  ]);
  const part = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const png = Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    part('IHDR', Buffer.of(0, 0, 0, SIDE, 0, 0, 0, SIDE, 8, 6, 0, 0, 0)),
    part('IDAT', deflateSync(Buffer.from(rows.flat()))),
    part('IEND', Buffer.of()),
  ]);
  const { notes, labels } = await read([png]);
  expect([...labels[0]!]).toEqual(drawn((x, y) => Number(opacity(x, y) >= 128)));
  expect(notes).toEqual(['soft']);
});

describe('255 in masks of truth', () => {
  const numbered: Drawing = (x, y) =>
    hard(5, 1, 8)(x, y) + (distance(x, y, 24) < 4 ? 2 : 0) + (y < 4 ? 255 : 0);
  const spread: Drawing = (x, y) =>
    hard(5, 85, 8)(x, y) + (distance(x, y, 24) < 4 ? 170 : 0) + (y < 4 ? 255 : 0);
  test.each<[what: string, level: Drawing, rule: VoidRule | undefined, means: number, notes: string[]]>([
    ['beside the numbers of objects is doubt', numbered, undefined, 255, ['void']],
    ['beside the numbers of objects is an object where asked for', numbered, 'none', 3, []],
    ['beside other greys is an object', spread, undefined, 3, ['object']],
    ['beside other greys is doubt where asked for', spread, '255', 255, []],
    ['alone is an object, whatever is asked for', hard(6, 255), '255', 1, []],
  ])('%s', async (_, level, rule, means, notes) => {
    // The first frame has 255 alone: what it means is seen in the second.
    const first: Drawing = (_x, y) => (y < 4 ? 255 : 0);
    for (const file of [async (l: Drawing) => pgm(l), (l: Drawing) => encodePng(rgb(l))]) {
      const frames = [await file(level), await file(first)];
      const found = await read(frames, rule ? { void: rule } : {});
      const other = await read([...frames].reverse(), rule ? { void: rule } : {});
      expect(found.notes).toEqual(notes);
      expect(Math.max(...found.labels[0]!)).toBe(means);
      expect(found.labels[1]![0]).toBe(means);
      expect(other.notes).toEqual(notes);
      expect(other.labels[0]![0] === 255).toBe(means === 255);
    }
  });

  test('in a prediction it is an object', async () => {
    const { notes, labels } = await read([pgm(numbered)], { truth: false });
    expect(notes).toEqual([]);
    expect(Math.max(...labels[0]!)).toBe(3);
  });

  test('as a palette’s index it is doubt, and an object where asked for', async () => {
    const palette = new Uint8Array(768);
    const file = await encodePng({
      width: 3,
      height: 1,
      colour: 'palette',
      samples: Uint8Array.of(0, 7, 255),
      palette,
    });
    expect([...(await read([file])).labels[0]!]).toEqual([0, 7, 255]);
    expect([...(await read([file], { void: 'none' })).labels[0]!]).toEqual([0, 7, 256]);
  });
});

test('grey levels and colours keep their number over a sequence, in order of appearance', async () => {
  const line = (...samples: number[]) =>
    Uint8Array.from([...new TextEncoder().encode(`P5 ${samples.length} 1 255\n`), ...samples]);
  const { labels } = await read([line(0, 200, 200), line(100, 200, 0), line(250, 100, 7)]);
  expect(labels.map((map) => [...map])).toEqual([
    [0, 1, 1],
    [2, 1, 0],
    [4, 2, 3],
  ]);
});

test('no object of many gets the number that means doubt', async () => {
  const colour = (i: number) => [(i * 37) % 251, (i * 91) % 241, (i % 5) + 1];
  const samples = Uint8Array.from(Array.from({ length: 300 }, (_, i) => colour(i)).flat());
  const file = await encodePng({ width: 300, height: 1, colour: 'rgb', samples });
  const [labels] = (await read([file])).labels;
  expect(new Set(labels).size).toBeGreaterThan(256);
  expect(labels).not.toContain(255);
});
