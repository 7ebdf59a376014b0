import type { ZipEntry } from '../../../lib/zip.ts';
import { about, classesOf, textEntry } from '../annotations.ts';
import { joined, outlines } from '../contours.ts';
import { defineFormat, type Job } from '../format.ts';
import { frameName } from '../names.ts';

/**
 * YOLO segments, a data set as Ultralytics reads it: `data.yaml`, and one text file per frame under `labels/train` with a line an
 * object, `CLASS x y x y …`, its outline as shares of width and height. Pictures lie under `images/train`.
 */
export const yolo = defineFormat({
  id: 'yolo',
  group: 'data',
  suffix: 'yolo',
  extension: () => 'zip',
  options: ['pictures'],
  frames: 'each',
  write: (job, { pictures }) => job.writeZip(entries(job, pictures)),
});

async function* entries(job: Job, pictures: boolean | undefined): AsyncGenerator<ZipEntry> {
  const { info, selection, size, stem } = job;
  const { width, height } = size;
  const { names, classOf } = classesOf(selection);
  // JSON's strings are YAML's too.
  const list = names.map((name, place) => `  ${place}: ${JSON.stringify(name)}\n`).join('');
  const paths = 'path: .\ntrain: images/train\nval: images/train\n';
  yield textEntry('data.yaml', `# ${about(info)}\n${paths}names:\n${list}`);
  for await (const { index, places, picture } of job.annotated(pictures)) {
    const lines = outlines(places, width, selection.objects.length).flatMap((rings, place) => {
      if (rings.length === 0) return [];
      const shares = joined(rings).map((value, i) => shareText(value / (i % 2 === 0 ? width : height)));
      return [`${classOf(selection.objects[place]!)} ${shares.join(' ')}\n`];
    });
    yield textEntry(`labels/train/${stem}_${frameName(index, 'txt')}`, lines.join(''));
    if (picture) yield { name: `images/train/${stem}_${frameName(index, 'jpg')}`, input: picture };
  }
}

const shareText = (share: number): string => String(Number(share.toFixed(6)));
