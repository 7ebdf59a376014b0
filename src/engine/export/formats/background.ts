import { defineFormat } from '../format.ts';

/** The objects before something else. */
export const background = defineFormat({
  id: 'background',
  group: 'watch',
  suffix: 'background',
  extension: ({ container }) => container,
  options: ['container', 'backdrop', 'quality', 'sound'],
  frames: 'part',
  async write(job, { backdrop, ...how }) {
    const [{ writeVideo }, { backgroundPainter }] = await Promise.all([
      import('../video.ts'),
      import('../picture.ts'),
    ]);
    const painter = backgroundPainter(backdrop, job.selection.objects.length, job.size);
    return writeVideo(job, { ...how, painter });
  },
});
