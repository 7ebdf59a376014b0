import { defineFormat } from '../format.ts';
import { frameTimes, groundAt } from '../frames.ts';
import { paintedOverlay } from './overlay.ts';

/** The clip with its effects, and its objects painted over it, as an endless GIF. */
export const gif = defineFormat({
  id: 'gif',
  group: 'watch',
  suffix: 'overlay',
  extension: () => 'gif',
  options: ['overlay', 'width'],
  frames: 'part',
  painter: paintedOverlay,
  async write(job, content) {
    const { gifOf, tooFastForGif } = await import('../gif.ts');
    const small = groundAt(job.size, job.ground.objects, content.width / job.size.width);
    const { duration } = frameTimes(job.info, job.range.start, job.range.count);
    const parts = gifOf(job.pictures(small.size), small.size, await paintedOverlay(content, small));
    return job.writeBytes(parts, tooFastForGif(duration) ? [{ code: 'export/slow-gif' }] : []);
  },
});
