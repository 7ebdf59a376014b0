import { describe, expect, it, vi } from 'vitest';
import type { Size } from '../../lib/size.ts';
import { failure } from './errors.ts';
import { createFeed } from './feed.ts';
import type { Clip, DecodedFrame } from './types.ts';

vi.mock('./preprocess.ts', () => ({
  rgbaAt: ({ index }: DecodedFrame, sizes: readonly Size[]) =>
    sizes.map(({ width, height }) => ({ data: new Uint8ClampedArray(4 * width * height).fill(index) })),
}));

/** A clip that notes which frames its readers are asked for. @param fails what decoding a frame throws, if anything */
function noting(fails: (index: number) => unknown = () => undefined) {
  const asked: number[] = [];
  const reader = () => ({
    at: async (index: number) => {
      asked.push(index);
      const failure = fails(index);
      if (failure !== undefined) throw failure;
      return { index, timestamp: index, width: 8, height: 4, draw: () => {}, close: () => {} };
    },
    close: () => {},
  });
  const clip = { reader, keyFrames: Int32Array.of(0, 20), info: { name: 'clip', frameCount: 40 } };
  return { asked, clip: clip as unknown as Clip };
}

const open = (clip: Clip, stride = 4) =>
  createFeed(
    clip,
    { flow: { width: 4, height: 2 }, model: { width: 8, height: 4 }, stride, lost: new Set() },
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
        for (let warped = frame - stride + 1; warped < frame; warped++)
          if (warped > 0) await feed.luma(warped);
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

describe('a frame that cannot be decoded', () => {
  const lost = (index: number) => failure('video/frame-lost', { name: 'clip', index });
  const damaged = failure('video/damaged', {
    name: 'clip',
    detail: { code: 'decoder', params: { detail: '' } },
  });

  it('is taken for the one before it, and asked for once', async () => {
    const { asked, clip } = noting((index) => (index === 6 ? lost(6) : undefined));
    const feed = open(clip);
    for (const frame of [3, 4, 5, 6, 7, 8, 6]) {
      const luma = await feed.luma(frame);
      expect(luma[0]).toBeCloseTo(frame === 6 ? 5 : frame, 4);
    }
    await expect(feed.picture(6)).rejects.toMatchObject({ code: 'video/frame-lost' });
    expect([...feed.lost]).toEqual([6]);
    expect(asked).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('takes those behind it along where the decoder gave up, up to the next key frame', async () => {
    const { asked, clip } = noting((index) => (index >= 17 && index < 20 ? damaged : undefined));
    const feed = open(clip);
    for (let frame = 15; frame < 22; frame++) await feed.luma(frame);
    expect([...feed.lost]).toEqual([17, 18, 19]);
    expect((await feed.luma(19))[0]).toBeCloseTo(16, 4);
    expect(asked).toEqual([15, 16, 17, 20, 21]);
  });

  it('at the beginning is taken for the first that can be', async () => {
    const { clip } = noting((index) => (index < 2 ? lost(index) : undefined));
    expect((await open(clip).luma(0))[0]).toBeCloseTo(2, 4);
  });

  it('is not what other failures are', async () => {
    const { clip } = noting(() => new Error('no memory'));
    const feed = open(clip);
    await expect(feed.luma(3)).rejects.toThrow('no memory');
    expect(feed.lost.size).toBe(0);
  });
});
