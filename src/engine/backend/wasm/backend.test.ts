import { expect, test } from 'vitest';
import { testBackend } from '../../../../test/backend-cases.ts';
import { createWasmBackend } from './backend.ts';

testBackend('wasm', createWasmBackend);

test('D of many wide rows is made in pieces, and is that of each pair', async () => {
  const backend = await createWasmBackend();
  // 8 bytes a value: 80 rows are more than one piece of 32 MiB.
  const [width, count] = [65_536, 80];
  const p = new Float32Array(count * width);
  for (let i = 0; i < count; i++)
    for (let x = 0; x < width; x++) p[i * width + x] = (1 + ((x * (i + 1)) % 7)) / (4 * width);
  const rows = await backend.load(p, width, 'kl');
  const few = await backend.gather(rows, [0, 5, 77]);
  const d = await backend.distances(few, rows);
  // Sums of 65,536 in 32 bits; a row of another piece would be off by 0.1 and more.
  const between = (i: number, j: number) => {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      const [a, b] = [p[i * width + x]!, p[j * width + x]!];
      sum += (a - b) * Math.log(a / b);
    }
    return sum;
  };
  for (const j of [0, 1, 5, 62, 63, 64, 79])
    for (const [at, i] of [0, 5, 77].entries())
      expect(Math.abs(d[at * count + j]! - between(i, j))).toBeLessThan(1e-2);
  expect(await backend.distances(rows, few)).toEqual(
    Float32Array.from(d, (_, at) => d[(at % 3) * count + Math.floor(at / 3)]!),
  );
  await backend.release();
});
