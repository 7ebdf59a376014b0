/** Results as plain data and as tables: what commands print, write and compare. */
import {
  type Measure,
  type Measures,
  PROTOCOLS,
  type ProtocolName,
  type SequenceScore,
  summarise,
} from '../metrics/protocols.ts';
import type { Scores } from './score.ts';

/** One sequence as scored; null where it failed. */
export interface Scored {
  sequence: string;
  scores: Scores | null;
}

/** A data set's figures under one protocol. */
export interface ProtocolReport {
  protocol: ProtocolName;
  measures: Measures;
  sequences: ({ name: string } & SequenceScore)[];
}

const ORDER: readonly Measure[] = [
  'J&F',
  'J',
  'J-recall',
  'J-decay',
  'F',
  'F-recall',
  'F-decay',
  'FG-ARI',
  'mIoU',
  'ARI',
  'mBO',
];

/** The figures of a data set under each protocol; sequences that failed are left out. */
export function reportsOf(protocols: readonly ProtocolName[], outcomes: readonly Scored[]): ProtocolReport[] {
  return protocols.map((protocol) => {
    const sequences = outcomes.flatMap(({ sequence, scores }) => {
      const score = scores?.[protocol];
      return score ? [{ name: sequence, ...score }] : [];
    });
    return { protocol, measures: summarise(PROTOCOLS[protocol], sequences), sequences };
  });
}

/** The measures that a report has, in the order of tables. */
export function measuresOf({ measures }: Pick<ProtocolReport, 'measures'>): Measure[] {
  return ORDER.filter((measure) => measures[measure] !== undefined);
}

/** A figure in percent as papers print it, one decimal; an en dash where there is none. */
export function percent(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  const text = (100 * value).toFixed(1);
  return text === '-0.0' ? '0.0' : text;
}
