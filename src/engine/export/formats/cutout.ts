import { defineFormat } from '../format.ts';

/** WebM with an alpha channel: the objects' pixels, all else transparent. */
export const cutout = defineFormat({
  id: 'cutout',
  group: 'watch',
  suffix: 'cutout',
  extension: () => 'webm',
  options: ['quality', 'sound'],
  frames: 'part',
  async write(job, how) {
    const { writeVideo } = await import('../video.ts');
    return writeVideo(job, { ...how, container: 'webm', painter: null });
  },
});
