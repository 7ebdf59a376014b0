import { expect, test, vi } from 'vitest';
import { createPictures } from './pictures.ts';
import type { Clip, DecodedFrame } from './types.ts';

test('pictures that were closed open no decoder again, whatever still waits', async () => {
  const close = vi.fn();
  const reader = vi.fn(() => ({
    at: (_: number, signal?: AbortSignal) =>
      new Promise<DecodedFrame>((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      ),
    close,
  }));
  const pictures = createPictures({ reader } as unknown as Clip);
  const asked = [0, 1].map((frame) => pictures.at(frame, 4, 4));
  const ended = Promise.allSettled(asked);
  await vi.waitFor(() => expect(reader).toHaveBeenCalledOnce());
  pictures.close();
  for (const outcome of await ended)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  await expect(pictures.at(2, 4, 4)).rejects.toMatchObject({ name: 'AbortError' });
  expect(reader).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledOnce();
});

test('a frame that was decoded ahead is not decoded again, and closed where another is asked for', async () => {
  const closed: number[] = [];
  const at = vi.fn(async (index: number) => ({ index, close: () => closed.push(index) }));
  const clip = { reader: () => ({ at, close: () => {} }) } as unknown as Clip;
  // Drawing needs a browser; what is asked here is which frames come.
  vi.stubGlobal('OffscreenCanvas', undefined);
  const pictures = createPictures(clip);
  pictures.ahead(3);
  await pictures.at(3, 4, 4).catch(() => undefined);
  expect(at.mock.calls.map(([index]) => index)).toEqual([3]);
  pictures.ahead(5);
  await pictures.at(6, 4, 4).catch(() => undefined);
  expect(at.mock.calls.map(([index]) => index)).toEqual([3, 5, 6]);
  expect(closed).toEqual([3, 5, 6]);
  pictures.ahead(7);
  await vi.waitFor(() => expect(at).toHaveBeenCalledTimes(4));
  await Promise.resolve();
  pictures.close();
  await vi.waitFor(() => expect(closed).toEqual([3, 5, 6, 7]));
  vi.unstubAllGlobals();
});
