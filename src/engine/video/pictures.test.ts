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
