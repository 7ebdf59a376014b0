import { expect, test } from 'vitest';
import { Scope } from '../../lib/task.ts';
import { TokenStore } from '../tokens/store.ts';
import type { Tokens } from './pipeline.ts';
import { TokensCache } from './tokens-cache.ts';

function tokens(): Tokens {
  const grid = { frames: 1, rows: 1, columns: 1 };
  return {
    metric: 'Av',
    frames: Int32Array.of(0),
    lost: null,
    grid,
    heads: 1,
    store: new TokenStore(grid, 4, true),
  };
}

test('tokens live as long as the cache or a run has them', async () => {
  const [clip, run, next] = [new Scope(), new Scope(), new Scope()];
  const cache = new TokensCache(clip);
  const first = await cache.keep('a', tokens(), run);
  expect(cache.find('a', next)).toBe(first);
  expect(cache.find('b', next)).toBeNull();
  const second = await cache.keep('b', tokens(), next);
  expect(first.store.released, 'two runs still have them').toBe(false);
  await run.close();
  expect(first.store.released).toBe(false);
  await next.close();
  expect(first.store.released).toBe(true);
  expect(second.store.released, 'kept for the next run').toBe(false);
  await clip.close();
  expect(second.store.released).toBe(true);
});
