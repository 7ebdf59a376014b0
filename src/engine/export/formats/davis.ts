import { defineFormat, type Job } from '../format.ts';
import { indexedPng, leftOutNotes } from '../indexed.ts';
import { frameName } from '../names.ts';

/** Zip of indexed PNG with DAVIS's palette, `CLIP/00000.png`, numbered as the clip's frames are: 0 is the background. */
export const davis = defineFormat({
  id: 'davis',
  group: 'data',
  suffix: 'masks',
  extension: () => 'zip',
  options: [],
  frames: 'each',
  write: (job) => job.writeZip(entries(job), leftOutNotes(numbersIn(job))),
});

const numbersIn = ({ selection }: Job) => selection.objects.map(({ index }) => index);

async function* entries(job: Job) {
  for await (const frame of job.masks()) {
    const input = await indexedPng(frame, numbersIn(job), job.size);
    yield { name: `${job.stem}/${frameName(frame.index, 'png')}`, input };
  }
}
