import { expect, test } from 'vitest';
import { TokenStore } from './store.ts';

const grid = { frames: 3, rows: 2, columns: 2 };
/** Eighths up to 12: float16 holds them exactly. */
const eighths = (count: number, start: number) =>
  Float32Array.from({ length: count }, (_, i) => (start + i) / 8);

test('q and k come back, written in batches of any size and read across frames', async () => {
  const store = new TokenStore(grid, 3, false);
  const [q, k] = [eighths(36, 0), eighths(36, 50)];
  expect(store.written).toBe(0);
  await store.write(0, q.subarray(0, 24), k.subarray(0, 24));
  expect(store.written).toBe(2);
  await store.write(2, q.subarray(24), k.subarray(24));
  expect(store.written).toBe(3);
  expect(await store.read('q', 0, 3)).toEqual(q);
  expect(await store.read('k', 1, 2)).toEqual(k.subarray(12));
  expect(store.bytes).toBe(2 * 2 * 36);
  await store.release();
  expect(store.bytes).toBe(0);
});

test('q that is k is kept once', async () => {
  const store = new TokenStore(grid, 3, true);
  const k = eighths(36, 7);
  await store.write(0, k, k);
  expect(await store.read('q', 0, 3)).toEqual(k);
  expect(store.bytes).toBe(2 * 36);
});

test('what float16 cannot hold is rounded', async () => {
  const store = new TokenStore({ frames: 1, rows: 1, columns: 1 }, 3, true);
  await store.write(0, Float32Array.of(0.1, -3.3, 1e-7), Float32Array.of(0.1, -3.3, 1e-7));
  const [a, b, c] = await store.read('k', 0, 1);
  expect(Math.abs(a! / 0.1 - 1)).toBeLessThan(2 ** -11);
  expect(Math.abs(b! / -3.3 - 1)).toBeLessThan(2 ** -11);
  expect(c).toBeCloseTo(1e-7, 7);
});

test('a frame that was never written is an error', async () => {
  await expect(new TokenStore(grid, 3, true).read('k', 1, 1)).rejects.toThrow(/never written/);
});
