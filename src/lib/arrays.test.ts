import { expect, test } from 'vitest';
import { joined } from './arrays.ts';

test('parts are joined in order, empty ones and none too', () => {
  const parts = [Float32Array.of(1, 2), new Float32Array(), Float32Array.of(3)];
  expect(joined(Float32Array, parts)).toEqual(Float32Array.of(1, 2, 3));
  expect(joined(Uint8Array, [])).toEqual(new Uint8Array());
});
