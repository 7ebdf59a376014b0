import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeMask } from '../engine/mask/mask-png.ts';
import type { ProtocolName } from '../metrics/protocols.ts';
import { openDataset } from './datasets.ts';
import { openMasks } from './masks.ts';
import { percent, reportsOf, type Scored } from './report.ts';
import {
  countOptions,
  countPairs,
  type FramePair,
  framePairs,
  predictionFor,
  scoreCounts,
  scoredFrames,
} from './score.ts';
import type { FileSource } from './sequences.ts';

async function scoreFrames(
  sequence: string,
  protocols: ProtocolName[],
  frames: AsyncIterable<FramePair>,
  keep = Number.POSITIVE_INFINITY,
) {
  return scoreCounts(
    sequence,
    protocols,
    await countPairs(frames, countOptions(protocols, keep)),
    () => keep,
  );
}

/** A folder of masks, each drawn as a line of digits. */
async function masks(drawn: Record<string, string>): Promise<FileSource> {
  const files = new Map<string, Uint8Array>();
  for (const [path, line] of Object.entries(drawn)) {
    files.set(
      path,
      await encodeMask({ width: line.length, height: 1, labels: Uint16Array.from(line, Number) }),
    );
  }
  return { paths: [...files.keys()], read: async (path) => files.get(path)! };
}

async function scored(truth: Record<string, string>, prediction: Record<string, string>) {
  const [wanted, given] = [await masks(truth), await masks(prediction)];
  const [a, b] = [(await openDataset(wanted)).sequences, (await openDataset(given)).sequences];
  const [sequence] = a;
  const frames = scoredFrames(sequence!, predictionFor(sequence!.name, a, b));
  const pairs = framePairs(sequence!.name, frames, {
    truth: await openMasks(
      frames.map(({ truth }) => truth),
      wanted,
      { truth: true },
    ),
    prediction: await openMasks(
      frames.map(({ prediction }) => prediction),
      given,
      { truth: false },
    ),
  });
  return scoreFrames(sequence!.name, ['single', 'video', 'davis-2017-unsupervised'], pairs);
}

describe('scoring folders', () => {
  test('frames pair up by number, and predictions between the truth’s frames are passed over', async () => {
    const scores = await scored(
      { 's/00000.png': '0011', 's/00020.png': '0110' },
      { 's/0.png': '0022', 's/7.png': '2222', 's/20.png': '0020' },
    );
    expect(scores.single!.measures.J).toBe(0.75);
    expect(scores.video!.measures.mIoU).toBe(0.75);
    expect(scores['davis-2017-unsupervised']!.objects[0]).toMatchObject({
      truth: 1,
      proposal: 2,
      J: [1, 0.5],
    });
  });

  test.each<[what: string, truth: string[], prediction: string[]]>([
    ['a size behind', ['00000', '00001'], ['frame_0000_mask_480p', 'frame_0001_mask_480p']],
    ['an object’s number behind', ['00007', '00008'], ['f_7_obj3', 'f_8_obj3']],
    ['time stamps', ['100', '140'], ['0_100', '1_140']],
    ['words', ['left', 'right'], ['left_mask', 'right_mask']],
  ])('names of other programs pair up either way round: %s', async (_, truth, prediction) => {
    const folder = (names: string[]) => ({ [`s/${names[0]}.png`]: '0011', [`s/${names[1]}.png`]: '0110' });
    for (const [a, b] of [
      [truth, prediction],
      [prediction, truth],
    ] as const)
      expect((await scored(folder(a), folder(b))).single!.measures.J).toBe(1);
  });

  test.each([
    ['score/missing-frames', { 's/0.png': '01' }],
    ['score/size', { 's/0.png': '01', 's/1.png': '011' }],
    ['score/no-prediction', { 't/0.png': '01', 'u/0.png': '01' }],
  ])('%s', async (code, prediction) => {
    await expect(scored({ 's/0.png': '01', 's/1.png': '01' }, prediction)).rejects.toMatchObject({ code });
  });

  test('more proposals than the protocol allows are refused', async () => {
    const labels = Uint16Array.from({ length: 22 }, (_, i) => i);
    const frame = { width: 22, height: 1, labels };
    const frames = async function* () {
      yield { truth: frame, proposal: frame };
    };
    await expect(scoreFrames('s', ['davis-2017-unsupervised'], frames())).rejects.toMatchObject({
      code: 'score/too-many',
    });
    const kept = await scoreFrames('s', ['davis-2017-unsupervised'], frames(), 20);
    expect(kept['davis-2017-unsupervised']!.objects).toMatchObject([
      { J: [1] },
      ...new Array(19).fill({ J: [1] }),
      { J: [0] },
    ]);
    await expect(scoreFrames('s', ['authors'], frames())).resolves.toMatchObject({
      authors: { measures: { J: 1 } },
    });
  });

  test('a data set’s report leaves out what failed', async () => {
    const scores = await scored({ 's/0.png': '01' }, { 's/0.png': '01' });
    const outcomes: Scored[] = [
      { sequence: 's', scores },
      { sequence: 't', scores: null },
    ];
    const [report] = reportsOf(['single'], outcomes);
    expect(report).toMatchObject({ protocol: 'single', measures: { J: 1 }, sequences: [{ name: 's' }] });
    expect([percent(report!.measures.J), percent(undefined)]).toEqual(['100.0', '–']);
  });
});

const DAVIS = new URL('../../../shared/data/davis-2017/', import.meta.url);
test.skipIf(!existsSync(DAVIS))(
  'real DAVIS truth against itself is perfect (skipped where ../shared/data is absent)',
  async () => {
    const paths = Array.from({ length: 4 }, (_, i) => `Annotations/240p/schoolgirls/0000${i}.png`);
    const source: FileSource = { paths, read: async (path) => readFileSync(new URL(path, DAVIS)) };
    const [sequence] = (await openDataset(source)).sequences;
    const frames = scoredFrames(sequence!, sequence!);
    const masks = await openMasks(
      frames.map(({ truth }) => truth),
      source,
      { truth: true },
    );
    const scores = await scoreFrames(
      'schoolgirls',
      ['davis-2017-unsupervised', 'video'],
      framePairs('schoolgirls', frames, { truth: masks, prediction: masks }),
    );
    expect(scores['davis-2017-unsupervised']!.measures).toMatchObject({ 'J&F': 1, J: 1, F: 1 });
    expect(scores.video!.measures).toMatchObject({ 'FG-ARI': 1, mIoU: 1 });
  },
);
