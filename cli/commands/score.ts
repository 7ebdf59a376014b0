import { asFailure, failure } from '../../src/engine/errors.ts';
import { openDataset } from '../../src/evaluate/datasets.ts';
import {
  measuresOf,
  type Outcome,
  type ProtocolReport,
  percent,
  reportsOf,
} from '../../src/evaluate/report.ts';
import { framePairs, predictionFor, scoreFrames } from '../../src/evaluate/score.ts';
import { PROTOCOLS } from '../../src/metrics/protocols.ts';
import { defineCommand, usage } from '../command.ts';
import { folderSource } from '../files.ts';
import { PROTOCOL_NAMES, typedProtocols } from '../protocols.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'score',
  summary: 'Scores masks that any program made against the truth',
  usage: 'PRED_DIR TRUTH_DIR --protocol P [OPTIONS]',
  options: {
    protocol: { type: 'string', short: 'p', value: 'P,…', help: PROTOCOL_NAMES.join(', ') },
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
  },

  async run({ values, positionals }, io) {
    const [predictedPath, truthPath, ...more] = positionals;
    if (predictedPath === undefined || truthPath === undefined || more.length > 0) {
      throw usage('score', 'Give two folders: the predicted masks and the truth.');
    }
    const protocols = typedProtocols('score', values.protocol);
    const [predictedFiles, truthFiles] = await Promise.all([
      folderSource(predictedPath),
      folderSource(truthPath),
    ]);
    const predicted = await openDataset(predictedFiles);
    const truth = await openDataset(truthFiles, values);
    for (const oddity of [...truth.oddities, ...predicted.oddities]) io.note(oddity);
    const judged = truth.sequences.filter(({ frames }) => frames.some((frame) => frame.truth));
    if (judged.length === 0) throw failure('dataset/no-masks', { folder: truthPath });

    const outcomes: Outcome[] = [];
    for (const [i, sequence] of judged.entries()) {
      if (io.signal.aborted) throw failure('run/cancelled');
      io.progress(`scoring ${sequence.name} (${i + 1} of ${judged.length})`);
      try {
        const prediction = predictionFor(sequence.name, judged, predicted.sequences);
        const pairs = framePairs(
          { sequence, source: truthFiles },
          { sequence: prediction, source: predictedFiles },
        );
        const scores = await scoreFrames(sequence.name, protocols, pairs);
        outcomes.push({ sequence: sequence.name, scores, error: null });
      } catch (thrown) {
        const { code, message } = asFailure(thrown);
        io.note(`${message} [${code}]`);
        outcomes.push({ sequence: sequence.name, scores: null, error: { code, message } });
      }
    }
    const reports = reportsOf(protocols, outcomes);
    const failed = outcomes.flatMap(({ sequence, error }) => (error ? [{ sequence, ...error }] : []));
    io.result({ reports, failed }, reports.map(reportText).join('\n\n'));
    return failed.length > 0 ? 1 : 0;
  },
});

/** A protocol's table: a row a sequence and the data set's figures below, in percent. */
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
