import { describe, expect, it, vi } from 'vitest';
import { createFeed } from './feed.ts';
import type { Clip, DecodedFrame } from './types.ts';

vi.mock('./preprocess.ts', () => ({
  rgbaOf: ({ index }: DecodedFrame, width: number, height: number) => ({
    data: new Uint8ClampedArray(4 * width * height).fill(index),
  }),
}));

/** A clip that notes which frames its readers are asked for. */
function noting() {
  const asked: number[] = [];
  const reader = () => ({
    at: async (index: number) => {
      asked.push(index);
      return { index, timestamp: index, width: 8, height: 4, draw: () => {}, close: () => {} };
    },
    close: () => {},
  });
  return { asked, clip: { reader } as unknown as Clip };
}

const open = (clip: Clip, stride = 4) =>
  createFeed(
    clip,
    { flow: { width: 4, height: 2 }, model: { width: 8, height: 4 }, stride },
    new AbortController().signal,
  );

describe('the frames that following takes', () => {
  it.each([1, 3, 4, 7, 9])(
    'decodes each frame once and never goes back, though flow looks ahead of every %ith frame and samples are left out',
    async (stride) => {
      const { asked, clip } = noting();
      const feed = open(clip, stride);
      for (let frame = 0; frame < 60; frame += stride) {
        if ((frame / stride) % 5 !== 2) {
          for (const near of [frame - 3, frame - 1, frame, frame + 1, frame + 3])
            if (near >= 0) await feed.luma(near);
          await feed.picture(frame);
        }
        for (let carried = frame - stride + 1; carried < frame; carried++)
          if (carried > 0) await feed.luma(carried);
      }
      expect(asked).toEqual([...asked].sort((a, b) => a - b));
      expect(new Set(asked).size).toBe(asked.length);
    },
  );

  it('gives both sizes of the frame that was asked for, also where they are asked for at once', async () => {
    const { asked, clip } = noting();
    const feed = open(clip);
    const [luma, picture, other] = await Promise.all([feed.luma(7), feed.picture(7), feed.picture(9)]);
    expect(luma).toHaveLength(8);
    expect(luma[0]).toBeCloseTo(7, 4);
    expect([...picture]).toEqual(Array(4 * 8 * 4).fill(7));
    expect(other[0]).toBe(9);
    expect(asked).toEqual([7, 8, 9]);
  });

  it('keeps no more pictures than 64, however few frames are analysed', async () => {
    const { asked, clip } = noting();
    const feed = open(clip, 500);
    for (let frame = 0; frame < 70; frame++) await feed.picture(frame);
    await feed.picture(6);
    expect(asked.at(-1)).toBe(69);
    await feed.picture(5);
    expect(asked.at(-1)).toBe(5);
  });

  it('decodes again what it no longer keeps', async () => {
    const { asked, clip } = noting();
    const feed = open(clip);
    for (let frame = 0; frame < 20; frame++) await feed.picture(frame);
    expect((await feed.picture(0))[0]).toBe(0);
    expect(asked.at(-1)).toBe(0);
  });
});
