import { expect, test, vi } from 'vitest';
import { dawnDevice } from '../../../../test/dawn.ts';
import { isSoftware } from './runtime/device.ts';
import { CANDIDATES, fastest, type TileMemory, type Tiles, tilesFor, tilesOn, tryTiles } from './tiles.ts';

const [usual, other, third] = CANDIDATES as [Tiles, Tiles, Tiles];

test.each([
  [[1, 1.1, 2], usual],
  [[1, 0.99, 0.97], usual],
  [[1, 0.9, 0.8], third],
  [[1, 0.7, 0.8], other],
  [[1, Number.POSITIVE_INFINITY, 0.5], third],
  [[Number.POSITIVE_INFINITY, 3, 2], third],
])('times %j take %o', (seconds, tiles) => {
  expect(fastest(seconds.map((time, i) => ({ tiles: CANDIDATES[i]!, seconds: time })))).toBe(tiles);
});

function remembering(): TileMemory {
  const kept = new Map<string, Tiles>();
  return {
    recall: async (adapter) => kept.get(adapter) ?? null,
    keep: async (adapter, tiles) => void kept.set(adapter, tiles),
  };
}

test('an adapter is tried once', async () => {
  const memory = remembering();
  const trial = vi.fn(async () => [
    { tiles: usual, seconds: 2 },
    { tiles: other, seconds: 1 },
  ]);
  expect(await tilesFor('one', memory, trial)).toBe(other);
  expect(await tilesFor('one', memory, trial)).toBe(other);
  expect(trial).toHaveBeenCalledTimes(1);
  await tilesFor('two', memory, trial);
  expect(trial).toHaveBeenCalledTimes(2);
});

test('storage that is refused costs a trial, not the run', async () => {
  const refused = async () => {
    throw new DOMException('no storage here', 'SecurityError');
  };
  const trial = vi.fn(async () => [{ tiles: usual, seconds: 1 }]);
  expect(await tilesFor('one', { recall: refused, keep: refused }, trial)).toBe(usual);
  expect(trial).toHaveBeenCalledTimes(1);
});

test('tiles that are no candidates any more are forgotten', async () => {
  const memory = remembering();
  await memory.keep('one', { threads: 3, register: 5 });
  expect(await tilesFor('one', memory, async () => [{ tiles: usual, seconds: 1 }])).toBe(usual);
});

test('nothing is tried on a software adapter', async ({ skip }) => {
  const device = await dawnDevice();
  const software = isSoftware(device.adapterInfo);
  if (software) expect(await tilesOn(device, remembering())).toEqual({});
  device.destroy();
  skip(!software, 'this adapter is a real one');
});

test('a trial times what the device can have', async () => {
  const device = await dawnDevice();
  const small = { threads: 4, register: 4 };
  const vast = { threads: 64, register: 16 };
  const trials = await tryTiles(device, [small, vast], { rows: 40, columns: 8, width: 64 });
  expect(trials.map(({ tiles }) => tiles)).toEqual([small, vast]);
  expect(trials[0]!.seconds).toBeGreaterThan(0);
  expect(trials[0]!.seconds).toBeLessThan(60);
  expect(trials[1]!.seconds).toBe(Number.POSITIVE_INFINITY);
  device.destroy();
});
