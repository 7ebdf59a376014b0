import { encodeRles } from '../../../lib/rle.ts';
import { classesOf } from '../annotations.ts';
import { defineFormat } from '../format.ts';
import { motSequence } from '../mot-sequence.ts';

/** An object's id is its class times this and its own number. */
const IDS_A_CLASS = 1000;

/**
 * MOTS's ground truth: one line per object and frame, `frame id class height width runs`, with COCO's run lengths; frames and
 * classes counted from 1.
 */
export const mots = defineFormat({
  id: 'mots',
  group: 'data',
  suffix: 'mots',
  extension: () => 'zip',
  options: [],
  frames: 'part',
  write(job) {
    const { width, height } = job.size;
    const { objects } = job.selection;
    const { classOf } = classesOf(job.selection);
    const lines = motSequence(job, ({ places }, number) =>
      encodeRles(places, height, width, objects.length).flatMap((rle, place) => {
        if (!rle) return [];
        const object = objects[place]!;
        const kind = classOf(object) + 1;
        return [[number, kind * IDS_A_CLASS + object.index, kind, height, width, rle.counts].join(' ')];
      }),
    );
    return job.writeZip(lines);
  },
});
