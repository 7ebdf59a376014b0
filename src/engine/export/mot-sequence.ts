/** What MOT and MOTS share: a sequence's folder as MOTChallenge lays it out. */
import type { ZipEntry } from '../../lib/zip.ts';
import { classesOf, textEntry } from './annotations.ts';
import type { Job } from './format.ts';
import { type ExportFrame, frameTimes } from './frames.ts';
import { usualRate } from './rate.ts';

/** `CLIP/gt/gt.txt` of the lines of every frame, the first frame 1; the names of the classes, and the sequence's facts. */
export async function* motSequence(
  job: Job,
  linesOf: (frame: ExportFrame, number: number) => string[],
): AsyncGenerator<ZipEntry, void, undefined> {
  const { info, range, selection, stem, masks } = job;
  const texts: string[] = [];
  for await (const frame of masks()) {
    const lines = linesOf(frame, frame.index - range.start + 1);
    texts.push(lines.map((line) => `${line}\n`).join(''));
  }
  const { names } = classesOf(selection);
  const rate = usualRate(frameTimes(info, range.start, range.count).duration);
  const facts = {
    name: stem,
    imDir: 'img1',
    frameRate: Number(rate.toFixed(3)),
    seqLength: range.count,
    imWidth: info.width,
    imHeight: info.height,
    imExt: '.jpg',
  };
  const ini = Object.entries(facts).map(([key, value]) => `${key}=${value}\n`);
  yield textEntry(`${stem}/gt/gt.txt`, texts.join(''));
  yield textEntry(`${stem}/gt/labels.txt`, names.map((name) => `${name.replace(/[\r\n]/g, ' ')}\n`).join(''));
  yield textEntry(`${stem}/seqinfo.ini`, `[Sequence]\n${ini.join('')}`);
}
