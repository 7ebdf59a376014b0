import { expect, test, vi } from 'vitest';
import type { Model } from '../model/types.ts';
import type { Clip, DecodedFrame } from '../video/types.ts';
import { createFrameAttention } from './frame-attention.ts';

vi.mock('../model/backbone.ts', () => ({ createBackbone: async () => ({ rows: 2, columns: 2 }) }));
vi.mock('../video/preprocess.ts', () => ({
  pixelsOf: () => {
    throw new Error('The frame cannot be drawn.');
  },
}));

test('a frame that cannot be drawn is closed all the same', async () => {
  const close = vi.fn();
  const clip = {
    async *frames() {
      yield { close } as unknown as DecodedFrame;
    },
  } as unknown as Clip;
  const model = { entry: {}, architecture: {} } as Model;
  const maps = createFrameAttention(
    clip,
    model,
    { height: 16, width: 16 },
    {
      device: 'wasm',
      precision: 'float32',
    },
  );
  await expect(maps.mapOf(0, 0)).rejects.toThrow('drawn');
  expect(close).toHaveBeenCalledOnce();
});
