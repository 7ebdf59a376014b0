import { describe, expect, test } from 'vitest';
import { CASES, REFUSED } from '../../../test/fixtures/video/cases/cases.ts';
import { fixture } from '../../../test/videofiles.ts';
import { inWords } from '../../lib/phrases.ts';
import { CLIP_NOTES } from './notes.ts';
import { openClip } from './open.ts';
import type { Clip, DecodedFrame } from './types.ts';

const opened = async (name: string) => openClip([await fixture(`cases/${name}`)]);

/** '3-5 9' as [3, 4, 5, 9]. */
const places = (ranges: string): number[] =>
  ranges.split(' ').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, at) => from! + at);
  });

function pixels(frame: DecodedFrame, { width, height }: Clip['info']): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  // What was there before must not show through.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  frame.draw(context, width, height);
  frame.close();
  return context.getImageData(0, 0, width, height).data;
}

/** The place in the source that a frame shows, by the grey in its middle. */
function placeOf(frame: DecodedFrame, info: Clip['info']): number {
  const data = pixels(frame, info);
  const middle = (info.height >> 1) * info.width + (info.width >> 1);
  return Math.max(0, Math.round((data[4 * middle + 1]! - 20) / 10));
}

describe('files with one fault each', () => {
  test.each(REFUSED)('%s: %s', async (name, code) => {
    await expect(opened(name)).rejects.toMatchObject({ code });
  });

  test.each(CASES)('%s', async (name, frames, first, last, duration, notes) => {
    const clip = await opened(name);
    const { info } = clip;
    const wanted = places(frames);
    const seen: number[] = [];
    const reader = clip.reader();
    for (let index = 0; index < info.frameCount; index++) seen.push(placeOf(await reader.at(index), info));
    expect(seen).toEqual(wanted);
    for (const index of [wanted.length - 1, 1])
      expect(placeOf(await reader.at(index), info), `frame ${index} alone`).toBe(wanted[index]);
    expect(info.timestamps[0]).toBeCloseTo(first, 3);
    expect(info.timestamps.at(-1)).toBeCloseTo(last, 3);
    expect([...info.timestamps]).toEqual([...info.timestamps].sort((a, b) => a - b));
    expect(info.duration).toBeCloseTo(duration, 3);
    expect(info.notes).toHaveLength(notes.length);
    notes.forEach((words, at) => {
      expect(inWords(CLIP_NOTES, info.notes[at]!)).toContain(words);
    });
    clip.close();
  });
});

describe('transparency counts as black', () => {
  test.each(['alpha-vp8.webm', 'alpha-vp9.webm'])('%s', async (name) => {
    const clip = await opened(name);
    expect(clip.info).toMatchObject({ frameCount: 10, width: 96, height: 64 });
    const reader = clip.reader();
    for (let index = 0; index < 10; index++) {
      const data = pixels(await reader.at(index), clip.info);
      let [inside, outside] = [0, 0];
      for (let at = 0; at < 96 * 64; at++) {
        const [x, y] = [at % 96, Math.floor(at / 96)];
        const seen = x >= 20 + 2 * index && x <= 43 + 2 * index && y >= 20 && y <= 43;
        const light = data[4 * at]! + data[4 * at + 1]! + data[4 * at + 2]!;
        if (seen && data[4 * at + 1]! > 150) inside++;
        if (!seen && light > 60) outside++;
      }
      expect(inside, `frame ${index}`).toBeGreaterThan(0.95 * 24 * 24);
      expect(outside, `frame ${index}`).toBe(0);
    }
    clip.close();
  });
});

test('opening can be given up', async () => {
  const stop = new AbortController();
  const opening = openClip([await fixture('bframes.mpegts')], stop.signal);
  stop.abort(new DOMException('Enough.', 'AbortError'));
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
});

describe('folders of frames', () => {
  const jpeg = async (name: string, width: number, height: number, orientation = 1) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')!.fillRect(0, 0, width, height);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
    // An APP1 segment with one entry, the orientation.
    const exif = [
      ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
      ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
    ];
    return new File([bytes.slice(0, 2), new Uint8Array(exif), bytes.slice(2)], name);
  };

  test('frames are compared as they are shown', async () => {
    const clip = await openClip([await jpeg('1.jpg', 12, 8), await jpeg('2.jpg', 8, 12, 6)]);
    expect(clip.info).toMatchObject({ frameCount: 2, width: 12, height: 8 });
    for await (const frame of clip.frames([0, 1])) {
      expect([frame.width, frame.height]).toEqual([12, 8]);
      frame.close();
    }
    await expect(openClip([await jpeg('1.jpg', 12, 8), await jpeg('2.jpg', 12, 8, 6)])).rejects.toMatchObject(
      {
        code: 'video/odd-size',
        message: expect.stringContaining('2.jpg is 8×12'),
      },
    );
  });

  test('what a Mac leaves beside them is no frame', async () => {
    const twin = new File([Uint8Array.of(0, 5, 22, 7)], '._f1.jpg');
    const clip = await openClip([twin, await jpeg('f10.jpg', 12, 8), await jpeg('f2.jpg', 12, 8)]);
    expect(clip.info.frameCount).toBe(2);
  });
});
