/** An evaluation as plain data: what is kept of each run, merged from shards, and written as JSON and CSV. */
import type { Clustering } from '../engine/backend/types.ts';
import type { StageTime } from '../engine/session/result.ts';
import type { RunSettings } from '../engine/settings/run.ts';
import { csvLine } from '../lib/csv.ts';
import { type Measure, PROTOCOLS, type ProtocolName } from '../metrics/protocols.ts';
import type { MaskNote } from './masks.ts';
import { measuresOf, type ProtocolReport, reportsOf } from './report.ts';
import type { Scores } from './score.ts';

/** What was asked for; parts of one evaluation have it in common. */
export interface Plan {
  dataset: string;
  protocols: ProtocolName[];
  /** Settings as typed, lists and all. */
  values: Record<string, string>;
  /** All sequences, those of other shards too. */
  sequences: string[];
}

/** One variant on one sequence. */
export interface Outcome {
  variant: string;
  sequence: string;
  /** Null where it failed. */
  run: OutcomeRun | null;
  scores: Scores | null;
  error: { code: string; message: string } | null;
}

export interface OutcomeRun {
  settings: RunSettings;
  times: StageTime[];
  /** Clusters that each hierarchy left. */
  levels: number[];
  pairs: Clustering['pairs'];
  clusters: number;
  /** Clusters that count as objects: labels 1 to this in the predictions. */
  objects: number;
  frames: number;
  /** Keys of the frames that were scored, in order. */
  scored: string[];
  /** How the truth was read where that could be otherwise. */
  notes?: MaskNote[];
  device: string;
  seconds: number;
}

/** One variant's figures. */
export interface VariantReport {
  variant: string;
  reports: ProtocolReport[];
  /** Seconds of the engine over all sequences, and frames that it processed. */
  seconds: number;
  frames: number;
  failed: number;
}

/** Figures of each variant, in the order in which they ran. */
export function variantReports(plan: Plan, outcomes: readonly Outcome[]): VariantReport[] {
  const names = [...new Set(outcomes.map(({ variant }) => variant))];
  return names.map((variant) => {
    const own = outcomes.filter((outcome) => outcome.variant === variant);
    const sum = (value: (run: OutcomeRun) => number) =>
      own.reduce((total, { run }) => total + (run ? value(run) : 0), 0);
    return {
      variant,
      reports: reportsOf(plan.protocols, own),
      seconds: sum((run) => run.seconds),
      frames: sum((run) => run.frames),
      failed: own.filter(({ error }) => error).length,
    };
  });
}

/** One row per sequence and object under each protocol and variant; figures as shares, empty where a protocol has none. */
export function resultsCsv(reports: readonly VariantReport[]): string {
  const all = reports.flatMap((variant) =>
    variant.reports.map((report) => ({ ...report, variant: variant.variant })),
  );
  const measures = [...new Set(all.flatMap(measuresOf))];
  // Figures are no texts that a spreadsheet could run, though they may begin with a minus.
  const line = (cells: string[], values: Partial<Record<Measure, number>>) =>
    [csvLine(cells), ...measures.map((name) => values[name]?.toFixed(6) ?? '')].join(',');
  const rows = all.flatMap(({ variant, protocol, sequences }) =>
    sequences.flatMap(({ name, measures: ofSequence, objects }) => [
      line([variant, protocol, name, 'all', ''], ofSequence),
      ...objects.map(({ truth, proposal, measures: ofObject }) =>
        line([variant, protocol, name, String(truth), proposal === null ? '' : String(proposal)], ofObject),
      ),
    ]),
  );
  const head = csvLine(['variant', 'protocol', 'sequence', 'object', 'proposal', ...measures]);
  return `${[head, ...rows].join('\n')}\n`;
}

/** The measure that a protocol is ranked by. */
export function primaryMeasure(protocol: ProtocolName): Measure {
  if (protocol === 'video') return 'FG-ARI';
  return PROTOCOLS[protocol].contours ? 'J&F' : 'J';
}
