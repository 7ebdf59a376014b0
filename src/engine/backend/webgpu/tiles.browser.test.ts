import { expect, test } from 'vitest';
import { cachedTiles } from './tiles.ts';

test('tiles are kept for their adapter, whatever its name holds', async () => {
  const adapter = 'acme gen-4 “Über/GPU #2”? float16';
  const tiles = { threads: 16, register: 4 };
  await cachedTiles.keep(adapter, tiles);
  expect(await cachedTiles.recall(adapter)).toEqual(tiles);
  expect(await cachedTiles.recall('another')).toBeNull();
  await caches.delete('tiles');
});
