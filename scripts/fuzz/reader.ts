// Reads what scripts/fuzz/node.ts sends, as the app reads files of that kind, and says how that ended.
import { readProject } from '../../src/app/project/file.ts';
import { fromFile } from '../../src/engine/model/load.ts';
import { openDataset, readTruth } from '../../src/evaluate/datasets.ts';
import { openMasks } from '../../src/evaluate/masks.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { type Answer, answerOf } from './answer.ts';
import type { Bytes, Kind } from './files.ts';

/** What reads each kind of file as the app does. */
const READERS: Record<Kind, (bytes: Bytes) => Promise<unknown>> = {
  safetensors: (bytes) => added(bytes, 'x.safetensors'),
  checkpoint: (bytes) => added(bytes, 'x.pth'),
  training: async (bytes) => readCheckpoint(bytes),
  async mask(bytes) {
    const truth = { files: ['0.png'] };
    const masks = await openMasks([truth], { paths: [], read: async () => bytes }, { truth: true });
    return masks.read(truth);
  },
  async annotations(bytes) {
    const source = { paths: ['instances.json'], read: async () => bytes };
    for (const { frames } of (await openDataset(source)).sequences)
      for (const { truth } of frames) if (truth) await readTruth(truth, source);
  },
  project: (bytes) => readProject(new File([bytes], 'x.unprompted')),
};

const added = (bytes: Bytes, name: string) =>
  fromFile(new File([bytes], name), {
    heads: 3,
    load: () => Promise.reject(new DOMException('', 'AbortError')),
  });

process.on('message', ({ kind, bytes }: { kind: Kind; bytes: Bytes }) => {
  READERS[kind](bytes).then(
    () => say({ kind: 'read', detail: '' }),
    (thrown: unknown) => say(answerOf(thrown)),
  );
});
const say = (answer: Answer) => process.send?.(answer);
say({ kind: 'read', detail: 'ready' });
