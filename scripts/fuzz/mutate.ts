import { crc32 } from '../../src/lib/png.ts';
import { createRandom } from '../../src/lib/random.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers that lengths and counts are wrong by, as 32 bits. */
const EXTREMES = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xffffffff, 0x01000000];
const PNG = [0x89, 0x50, 0x4e, 0x47];

/**
 * A file with one to six faults, of the kinds that transfers, disks and bad writers make, most often near its beginning or
 * end; the same ones for the same seed. One in ten is only cut off.
 */
export function mutate(whole: Uint8Array, seed: number): Bytes {
  const { next, integer } = createRandom(seed);
  let bytes: Bytes = Uint8Array.from(whole);
  const place = () => {
    const near = integer(Math.min(bytes.length, 2048));
    const side = next();
    if (side < 0.4) return near;
    return side < 0.7 ? bytes.length - 1 - near : integer(bytes.length);
  };
  const spliced = (at: number, remove: number, insert: Uint8Array): Bytes =>
    Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);
  const faults: ((at: number, length: number) => void)[] = [
    (at, length) => {
      for (let i = 0; i < length; i++) bytes[at + i] = integer(256);
    },
    (at) => {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << integer(8));
    },
    (at) => {
      if (at + 4 <= bytes.length)
        new DataView(bytes.buffer).setUint32(at, EXTREMES[integer(EXTREMES.length)] ?? 0);
    },
    (at, length) => {
      bytes = spliced(at, length, new Uint8Array());
    },
    (at, length) => {
      bytes = spliced(at, 0, bytes.subarray(at, at + length));
    },
    (at, length) => {
      bytes.copyWithin(place(), at, at + length);
    },
    (at, length) => {
      bytes.fill(0, at, at + length);
    },
  ];
  // Most ends that are cut off say nothing new.
  if (next() < 0.1) bytes = bytes.slice(0, Math.max(16, place()));
  else
    for (let left = 1 + integer(6); left > 0 && bytes.length > 16; left--) {
      const at = place();
      faults[integer(faults.length)]?.(at, Math.min(1 + integer(64), bytes.length - at));
    }
  return PNG.every((byte, i) => bytes[i] === byte) ? withChecksums(bytes) : bytes;
}

/** A PNG whose parts have the checksums that they should: the damage is left to those who look at what is inside. */
function withChecksums(png: Bytes): Bytes {
  const view = new DataView(png.buffer);
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > png.length) break;
    view.setUint32(end - 4, crc32(png.subarray(at + 4, end - 4)));
    at = end;
  }
  return png;
}
