import { defineFormat, type OptionValues } from '../format.ts';
import type { Ground } from '../frames.ts';

async function painter({ backdrop, edge }: Pick<OptionValues, 'backdrop' | 'edge'>, ground: Ground) {
  const { backgroundPainter } = await import('../picture.ts');
  return backgroundPainter(backdrop, edge, ground);
}

/** The objects before something else. */
export const background = defineFormat({
  id: 'background',
  group: 'watch',
  suffix: 'background',
  extension: ({ container }) => container,
  options: ['container', 'backdrop', 'edge', 'quality', 'sound'],
  frames: 'part',
  painter,
  async write(job, content) {
    const { writeVideo } = await import('../video.ts');
    return writeVideo(job, { ...content, painter: await painter(content, job.ground) });
  },
});
