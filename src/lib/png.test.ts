import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePng, encodePng } from './png.ts';

/** Small pictures written, and read back as raw samples, by FFmpeg: every colour type, each filter. */
const FIXTURES = JSON.parse(
  readFileSync(new URL('../../test/fixtures/png.json', import.meta.url), 'utf8'),
) as Record<string, { width: number; height: number; png: string; raw: string }>;

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const greyFixture = () => bytesOf(FIXTURES.grey8!.png);

/** A greyscale or palette PNG put together by hand around packed rows (filter byte first). */
function handmade(
  { width, height, depth, type, interlace = 0 }: Record<string, number>,
  rows: Uint8Array,
  palette: number[] = [],
) {
  const crcTable = (n: number) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  };
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const crc = ~body.reduce((c, byte) => crcTable((c ^ byte) & 255) ^ (c >>> 8), -1) >>> 0;
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc);
    return Buffer.concat([size, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width!);
  header.writeUInt32BE(height!, 4);
  header.set([depth!, type!, 0, 0, interlace], 8);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      ...(palette.length > 0 ? [chunk('PLTE', Uint8Array.from(palette))] : []),
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', new Uint8Array(0)),
    ]),
  );
}

describe('decodePng', () => {
  const readable = Object.keys(FIXTURES).filter((name) => name !== 'interlaced');
  test.each(readable)('reads what FFmpeg wrote: %s', async (name) => {
    const { width, height, png, raw } = FIXTURES[name]!;
    const got = await decodePng(bytesOf(png), name);
    const bytes = bytesOf(raw);
    expect([got.width, got.height]).toEqual([width, height]);
    if (got.colour === 'palette') {
      const rgb = Array.from(got.samples).flatMap((i) => Array.from(got.palette!.subarray(3 * i, 3 * i + 3)));
      expect(rgb).toEqual(Array.from(bytes));
    } else if (got.depth === 16) {
      const big = new DataView(bytes.buffer);
      expect(Array.from(got.samples)).toEqual(Array.from(got.samples, (_, i) => big.getUint16(2 * i)));
    } else if (got.depth === 1) {
      expect(Array.from(got.samples, (bit) => 255 * bit)).toEqual(Array.from(bytes));
    } else {
      expect(Array.from(got.samples)).toEqual(Array.from(bytes));
    }
  });

  test.each([
    [1, [0b10110000, 0b01000000], [1, 0, 1, 1, 0, 0, 1, 0, 0, 0]],
    [2, [0b11100100, 0b01000000, 0b00011011, 0b11000000], [3, 2, 1, 0, 1, 0, 1, 2, 3, 3]],
    [4, [0x12, 0x34, 0x50, 0xfe, 0xdc, 0xb0], [1, 2, 3, 4, 5, 15, 14, 13, 12, 11]],
  ])('reads palettes of %i bits, rows ending inside a byte', async (depth, packed, labels) => {
    const stride = packed.length / 2;
    const rows = Uint8Array.from([0, ...packed.slice(0, stride), 0, ...packed.slice(stride)]);
    const png = handmade({ width: 5, height: 2, depth, type: 3 }, rows, [0, 0, 0, 1, 2, 3]);
    expect(Array.from((await decodePng(png, 'p')).samples)).toEqual(labels);
  });

  test('refuses what is no PNG, interlaced, or claims absurd sizes', async () => {
    await expect(decodePng(Buffer.from('GIF89a'), 'a.gif')).rejects.toMatchObject({ code: 'png/not-png' });
    await expect(decodePng(new Uint8Array(0), 'empty')).rejects.toMatchObject({ code: 'png/not-png' });
    await expect(decodePng(bytesOf(FIXTURES.interlaced!.png), 'i')).rejects.toMatchObject({
      code: 'png/unsupported',
    });
    const giant = handmade({ width: 2 ** 31 - 1, height: 2 ** 31 - 1, depth: 8, type: 0 }, new Uint8Array(9));
    await expect(decodePng(giant, 'g')).rejects.toMatchObject({ code: 'png/too-large' });
  });

  test.each([
    [
      'more pixels than its header says',
      { width: 2, height: 2, depth: 8, type: 0 },
      new Uint8Array(5_000_000),
    ],
    ['fewer pixels than its header says', { width: 2, height: 2, depth: 8, type: 0 }, new Uint8Array(5)],
    ['an unknown filter', { width: 2, height: 1, depth: 8, type: 0 }, Uint8Array.of(5, 0, 0)],
    ['an unknown colour type', { width: 1, height: 1, depth: 8, type: 5 }, new Uint8Array(2)],
    ['a depth that its colour type lacks', { width: 1, height: 1, depth: 4, type: 2 }, new Uint8Array(3)],
    ['no pixels', { width: 0, height: 1, depth: 8, type: 0 }, new Uint8Array(1)],
    ['no palette', { width: 1, height: 1, depth: 8, type: 3 }, new Uint8Array(2)],
  ])('refuses %s', async (_, header, rows) => {
    await expect(decodePng(handmade(header, rows), 'x')).rejects.toMatchObject({ code: 'png/damaged' });
  });

  test('a file cut anywhere, or with any byte changed, is refused', async () => {
    const whole = greyFixture();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        await expect(decodePng(whole.slice(0, at), 'cut')).rejects.toMatchObject({
          code: expect.stringMatching(/^png\//),
        });
        const changed = whole.slice();
        changed[at]! ^= flip;
        await expect(decodePng(changed, 'changed')).rejects.toMatchObject({
          code: expect.stringMatching(/^png\//),
        });
      }),
    );
  });
});

describe('encodePng', () => {
  const size = { width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 12 }) };
  const picture = fc.record(size).chain(({ width, height }) => {
    const of = (channels: number) => {
      const length = width * height * channels;
      return { minLength: length, maxLength: length };
    };
    const samples = fc.oneof(
      fc.uint8Array(of(3)).map((data) => ({ colour: 'rgb' as const, samples: data })),
      fc.uint8Array(of(1)).map((data) => ({ colour: 'grey' as const, samples: data })),
      fc.uint16Array(of(1)).map((data) => ({ colour: 'grey' as const, samples: data })),
    );
    return samples.map((kind) => ({ width, height, ...kind }));
  });

  test('what is written is read back', async () => {
    await fc.assert(
      fc.asyncProperty(picture, async (source) => {
        const got = await decodePng(await encodePng(source), 'round trip');
        expect(got).toMatchObject({ width: source.width, height: source.height, colour: source.colour });
        expect(got.samples).toEqual(source.samples);
      }),
    );
  });
});
