import { defineFormat } from '../format.ts';
import { frameTimes, type Size } from '../frames.ts';

const SLOW = 'GIF cannot show more than 50 frames a second, so this one plays more slowly than the clip.';

/** The clip with its objects painted over it, as an endless GIF. */
export const gif = defineFormat({
  id: 'gif',
  group: 'watch',
  suffix: 'overlay',
  extension: () => 'gif',
  options: ['overlay', 'width'],
  frames: 'part',
  async write(job, { overlay, width }) {
    const [{ gifOf, tooFastForGif }, { overlayPainter }] = await Promise.all([
      import('../gif.ts'),
      import('../picture.ts'),
    ]);
    const small = scaled(job.size, width);
    const { duration } = frameTimes(job.info, job.range.start, job.range.count);
    const parts = gifOf(job.pictures(small), small, overlayPainter(overlay, small));
    return job.writeBytes(parts, tooFastForGif(duration) ? [SLOW] : []);
  },
});

/** At most `width` wide, its shape kept. */
function scaled(size: Size, width: number): Size {
  const scale = Math.min(1, width / size.width);
  return {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}
