import { classesOf } from '../annotations.ts';
import { defineFormat } from '../format.ts';
import { measureAll } from '../measure.ts';
import { motSequence } from '../mot-sequence.ts';

/**
 * MOTChallenge's ground truth: one line per object and frame, `frame, id, left, top, width, height, 1, class, visibility`,
 * frames, objects, classes and pixels counted from 1.
 */
export const mot = defineFormat({
  id: 'mot',
  group: 'data',
  suffix: 'mot',
  extension: () => 'zip',
  options: [],
  frames: 'part',
  write(job) {
    const { objects } = job.selection;
    const { classOf } = classesOf(job.selection);
    const lines = motSequence(job, ({ places }, number) =>
      measureAll(places, job.size.width, objects.length).flatMap(({ box }, place) => {
        if (!box) return [];
        const object = objects[place]!;
        const [x, y, width, height] = box;
        return [[number, object.index, x + 1, y + 1, width, height, 1, classOf(object) + 1, 1].join()];
      }),
    );
    return job.writeZip(lines);
  },
});
