import { defineFormat } from '../format.ts';

/** The clip with its objects painted over it. */
export const overlay = defineFormat({
  id: 'overlay',
  group: 'watch',
  suffix: 'overlay',
  extension: ({ container }) => container,
  options: ['overlay', 'container', 'quality', 'sound'],
  frames: 'part',
  async write(job, { overlay, ...how }) {
    const [{ writeVideo }, { overlayPainter }] = await Promise.all([
      import('../video.ts'),
      import('../picture.ts'),
    ]);
    return writeVideo(job, { ...how, painter: overlayPainter(overlay, job.size) });
  },
});
