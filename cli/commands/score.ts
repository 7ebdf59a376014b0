import { openDataset } from '../../src/evaluate/datasets.ts';
import { openMasks } from '../../src/evaluate/masks.ts';
import {
  measuresOf,
  type ProtocolReport,
  percent,
  reportsOf,
  type Scored,
} from '../../src/evaluate/report.ts';
import {
  countOptions,
  countPairs,
  framePairs,
  predictionFor,
  scoreCounts,
  scoredFrames,
} from '../../src/evaluate/score.ts';
import { PROTOCOLS } from '../../src/metrics/protocols.ts';
import { defineCommand, usage } from '../command.ts';
import { asFailure, failure } from '../errors.ts';
import { folderSource } from '../files.ts';
import { maskNote, typedVoid, voidOption } from '../masks.ts';
import { PROTOCOL_NAMES, typedProtocols } from '../protocols.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'score',
  summary: 'Scores masks that any program made against the truth',
  usage: 'PRED_DIR TRUTH_DIR --protocol P [OPTIONS]',
  options: {
    protocol: { type: 'string', short: 'p', value: 'P,…', help: PROTOCOL_NAMES.join(', ') },
    keep: { type: 'string', value: 'N', help: 'take proposals numbered above N for background' },
    masks: {
      type: 'string',
      value: 'NAME',
      help: 'folder of truth to take where there are several, as in Annotations_unsupervised',
    },
    resolution: {
      type: 'string',
      value: 'NAME',
      help: 'resolution to take where there are several, as in 480p',
    },
    ...voidOption,
  },

  async run({ values, positionals }, io) {
    const [predictedPath, truthPath, ...more] = positionals;
    if (predictedPath === undefined || truthPath === undefined || more.length > 0) {
      throw usage('score', 'Give two folders: the predicted masks and the truth.');
    }
    const protocols = typedProtocols('score', values.protocol);
    const rule = typedVoid('score', values.void);
    const keep = values.keep === undefined ? Number.POSITIVE_INFINITY : Number(values.keep);
    if (Number.isNaN(keep)) throw usage('score', `--keep is ${values.keep}, but it has to be a number.`);
    const [predictedFiles, truthFiles] = await Promise.all([
      folderSource(predictedPath),
      folderSource(truthPath),
    ]);
    const predicted = await openDataset(predictedFiles);
    const truth = await openDataset(truthFiles, values);
    for (const oddity of [...truth.oddities, ...predicted.oddities]) io.note(oddity);
    const sequences = truth.sequences.filter(({ frames }) => frames.some((frame) => frame.truth));
    if (sequences.length === 0) throw failure('dataset/no-masks', { folder: truthPath });

    const scored: Scored[] = [];
    const failed: { sequence: string; code: string; message: string }[] = [];
    for (const [i, sequence] of sequences.entries()) {
      if (io.signal.aborted) throw failure('run/cancelled');
      io.progress(`scoring ${sequence.name} (${i + 1} of ${sequences.length})`);
      try {
        const prediction = predictionFor(sequence.name, sequences, predicted.sequences);
        const frames = scoredFrames(sequence, prediction);
        const masks = {
          truth: await openMasks(
            frames.map(({ truth }) => truth),
            truthFiles,
            { truth: true, ...rule },
          ),
          prediction: await openMasks(
            frames.map(({ prediction }) => prediction),
            predictedFiles,
            { truth: false },
          ),
        };
        for (const [of, { notes }] of Object.entries(masks))
          for (const note of notes) io.note(maskNote(note, `the ${of} of ${sequence.name || truthPath}`));
        const pairs = framePairs(sequence.name, frames, masks);
        const counts = await countPairs(pairs, countOptions(protocols, keep));
        const scores = scoreCounts(sequence.name, protocols, counts, () => keep);
        scored.push({ sequence: sequence.name, scores });
      } catch (thrown) {
        const { code, message } = asFailure(thrown);
        io.note(`${message} [${code}]`);
        failed.push({ sequence: sequence.name, code, message });
      }
    }
    const reports = reportsOf(protocols, scored);
    io.result({ reports, failed }, reports.map(reportText).join('\n\n'));
    return failed.length > 0 ? 1 : 0;
  },
});

/** A protocol's table: one row per sequence and the data set's figures below, in percent. */
export function reportText(report: ProtocolReport): string {
  const measures = measuresOf(report);
  const row = (name: string, values: ProtocolReport['measures']) => [
    name,
    ...measures.map((measure) => percent(values[measure])),
  ];
  const { over, summary } = PROTOCOLS[report.protocol];
  const rows = report.sequences.map(({ name, measures: values }) => row(name || '.', values));
  return `${report.protocol}: ${summary}\n\n${table(
    ['sequence', ...measures],
    [...rows, null, row(`mean over ${over}`, report.measures)],
  )}`;
}
