/** A stream of numbers from 0 to below 1 that a seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers that lengths and counts are wrong by, as 32 bits. */
const EXTREMES = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xffffffff, 0x01000000];

/** The bytes with one to three faults, of the kinds that transfers, disks and bad writers make. */
export function mutate(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const below = (limit: number) => Math.floor(next() * limit);
  let out = Uint8Array.from(bytes);
  const faults = 1 + below(3);
  for (let fault = 0; fault < faults; fault++) {
    // Most of what matters stands at the beginning and at the end.
    const near = below(Math.max(1, Math.min(out.length, 2048)));
    const at = [below(out.length), near, Math.max(0, out.length - 1 - near)][below(3)] ?? 0;
    const length = 1 + below(Math.min(64, out.length - at));
    const kind = below(7);
    if (kind === 0) for (let i = 0; i < length; i++) out[at + i] = below(256);
    else if (kind === 1) out[at] = (out[at] ?? 0) ^ (1 << below(8));
    else if (kind === 2 && at + 4 <= out.length)
      new DataView(out.buffer).setUint32(at, EXTREMES[below(EXTREMES.length)] ?? 0);
    else if (kind === 3) out = out.slice(0, Math.max(16, at));
    else if (kind === 4) out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + length)]);
    else if (kind === 5) out = Uint8Array.from([...out.subarray(0, at + length), ...out.subarray(at)]);
    else out.fill(0, at, at + length);
  }
  return out;
}
