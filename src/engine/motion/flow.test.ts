import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { COMPILED, compileFlow } from '../../../scripts/wasm.ts';
import { agreement, endPointError, flowGolden, pattern, uniformFlow } from '../../../test/flow.ts';
import { plainFlow } from '../../../test/plain-flow.ts';
import { FLOW_QUALITIES, type FlowBackend, type FlowImage, type FlowQuality, layoutOf } from './flow.ts';
import { wasmFlow } from './flow-wasm.ts';

/** The flow from one frame to another, and back. */
async function bothWays<Image extends FlowImage>(
  backend: FlowBackend<Image>,
  [width, height]: readonly [number, number],
  first: Float32Array,
  second: Float32Array,
) {
  const a = backend.prepare(first, width, height);
  const b = backend.prepare(second, width, height);
  const [there, back] = await backend.flows([
    [a, b],
    [b, a],
  ]);
  a.release();
  b.release();
  return { there: there!, back: back! };
}

const MAKERS: Record<string, (quality: FlowQuality) => Promise<FlowBackend>> = {
  plain: async (quality) => plainFlow(quality) as FlowBackend,
  wasm: async (quality) => (await wasmFlow(quality)) as FlowBackend,
};

describe.each(Object.entries(MAKERS))('%s', (name, make) => {
  test.each(name === 'plain' ? [0] : [0, 1, 2, 3])(
    "is OpenCV's flow of a made-up scene where both directions agree, neighbour %i",
    async (neighbour) => {
      const { width, height, luma, others } = await flowGolden();
      const other = others[neighbour]!;
      const { there, back } = await bothWays(
        await make(FLOW_QUALITIES.full),
        [width, height],
        luma,
        other.luma,
      );
      const agrees = agreement(there, back);
      expect(agrees.reduce((sum, one) => sum + one, 0) / agrees.length).toBeGreaterThan(0.75);
      expect(endPointError(there, other.flow, agrees)).toBeLessThan(0.02);
    },
  );

  test.each([
    [[1.3, -0.6], 'full'],
    [[-3.25, 2.5], 'full'],
    [[1.3, -0.6], 'cpu'],
  ] as const)('finds a motion of %o, %s', async (motion, quality) => {
    const size = [96, 80] as const;
    const { there, back } = await bothWays(
      await make(FLOW_QUALITIES[quality]),
      size,
      pattern(...size),
      pattern(...size, motion),
    );
    const agrees = agreement(there, back);
    expect(agrees.reduce((sum, one) => sum + one, 0) / agrees.length).toBeGreaterThan(0.7);
    expect(endPointError(there, uniformFlow(...size, motion), agrees)).toBeLessThan(0.1);
  });

  test('nothing moves between two frames that are the same, nor where there is nothing to see', async () => {
    const backend = await make(FLOW_QUALITIES.full);
    const same = await bothWays(backend, [40, 24], pattern(40, 24), pattern(40, 24));
    expect(Math.max(...same.there.xy.map(Math.abs))).toBeLessThan(1e-3);
    const flat = await bothWays(
      backend,
      [40, 24],
      new Float32Array(960).fill(7),
      new Float32Array(960).fill(200),
    );
    expect([...new Set(flat.there.xy)]).toEqual([0]);
  });

  test('refuses frames that it cannot compare', async () => {
    const backend = await make(FLOW_QUALITIES.full);
    expect(() => backend.prepare(new Float32Array(63), 8, 8)).toThrow('has 64 pixels, not 63');
    expect(() => backend.prepare(new Float32Array(56), 8, 7)).toThrow('sides have to be at least 8');
    const small = backend.prepare(pattern(8, 8), 8, 8);
    const large = backend.prepare(pattern(16, 8), 16, 8);
    await expect(backend.flows([[small, large]])).rejects.toThrow('not 8 × 8 and 16 × 8');
    await expect(
      backend.flows([
        [small, small],
        [large, large],
      ]),
    ).rejects.toThrow(RangeError);
    expect(await backend.flows([])).toEqual([]);
  });
});

test.each([
  [8, 8],
  [9, 13],
  [37, 21],
  [101, 67],
  [67, 101],
])(
  'WebAssembly finds what the plain twin finds in %i × %i pixels, whatever they hold',
  async (width, height) => {
    const noise = (seed: number) =>
      Float32Array.from({ length: width * height }, (_, at) => (Math.sin(at * seed) * 43758.5453) % 128).map(
        (value) => 128 + value,
      );
    const frames = [
      [pattern(width, height), pattern(width, height, [1.7, 0.9])],
      [pattern(width, height), pattern(width, height, [0.3 * width, -0.4 * height])],
      [noise(12.9898), noise(78.233)],
    ] as const;
    for (const quality of [...Object.values(FLOW_QUALITIES), { stride: 7, iterations: 6, gain: 4 }]) {
      for (const [first, second] of frames) {
        const plain = await bothWays(plainFlow(quality), [width, height], first, second);
        const wasm = await bothWays(await wasmFlow(quality), [width, height], first, second);
        // Where two candidates are as good to rounding, one patch goes another way.
        expect(endPointError(wasm.there, plain.there)).toBeLessThan(0.01);
        expect(endPointError(wasm.back, plain.back)).toBeLessThan(0.01);
      }
    }
  },
);

test('few but longer steps come near the flow of many', async () => {
  const { width, height, luma, others } = await flowGolden();
  for (const other of others) {
    const { there, back } = await bothWays(
      await wasmFlow(FLOW_QUALITIES.cpu),
      [width, height],
      luma,
      other.luma,
    );
    expect(endPointError(there, other.flow, agreement(there, back))).toBeLessThan(0.3);
  }
});

test('frames of WebAssembly that were released make room for others', async () => {
  const backend = await wasmFlow(FLOW_QUALITIES.cpu);
  const addresses = new Set<number>();
  for (let i = 0; i < 5; i++) {
    const image = backend.prepare(pattern(64, 48), 64, 48);
    addresses.add(image.address);
    image.release();
    image.release();
  }
  expect(addresses.size).toBe(1);
});

test('levels go down to a quarter of the longer side, and no further than a patch', () => {
  const sizes = (width: number, height: number) =>
    layoutOf(width, height, 4).levels.map((level) => `${level.width}×${level.height}`);
  expect(sizes(384, 192)).toEqual(['384×192', '192×96', '96×48', '48×24', '24×12']);
  expect(sizes(8, 8)).toEqual(['8×8']);
  expect(sizes(400, 9)).toEqual(['400×9']);
  expect(() => layoutOf(64, 64, 9)).toThrow('from 1 to 8');
});

test('the module that is kept is what its source compiles to (npm run wasm)', async () => {
  const kept = await readFile(new URL(`../../../${COMPILED}`, import.meta.url));
  expect(Buffer.from(await compileFlow()).equals(kept)).toBe(true);
});
