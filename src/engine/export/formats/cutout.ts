import { defineFormat } from '../format.ts';

/** WebM with an alpha channel: the objects' pixels, all else transparent. */
export const cutout = defineFormat({
  id: 'cutout',
  group: 'watch',
  suffix: 'cutout',
  extension: () => 'webm',
  options: ['edge', 'quality', 'sound'],
  frames: 'part',
  async write(job, { edge, ...how }) {
    const [{ writeVideo }, { cutter }] = await Promise.all([import('../video.ts'), import('../picture.ts')]);
    return writeVideo(job, { ...how, container: 'webm', cutter: cutter(edge, job.ground) });
  },
  async painter({ edge }, ground) {
    const { cutter } = await import('../picture.ts');
    const cut = cutter(edge, ground);
    return (context, frame) => context.putImageData(cut(frame), 0, 0);
  },
});
