import { defineFormat } from '../format.ts';
import type { Ground } from '../frames.ts';
import type { Overlay } from '../types.ts';

export async function paintedOverlay({ overlay }: { overlay: Overlay }, ground: Ground) {
  const { overlayPainter } = await import('../picture.ts');
  return overlayPainter(overlay, ground);
}

/** The clip with its effects, and its objects painted over it. */
export const overlay = defineFormat({
  id: 'overlay',
  group: 'watch',
  suffix: 'overlay',
  extension: ({ container }) => container,
  options: ['overlay', 'container', 'quality', 'sound'],
  frames: 'part',
  painter: paintedOverlay,
  async write(job, content) {
    const { writeVideo } = await import('../video.ts');
    return writeVideo(job, { ...content, painter: await paintedOverlay(content, job.ground) });
  },
});
