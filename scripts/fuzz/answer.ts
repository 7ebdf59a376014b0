import { UnpromptedError } from '../../src/lib/failure.ts';

/** How a mutated file can be answered; the last three are faults of the program. */
export const KINDS = ['read', 'read in part', 'coded error', 'other error', 'hung', 'crash'] as const;

export interface Answer {
  kind: (typeof KINDS)[number];
  /** The code of the error, or all that is known of a fault. */
  detail: string;
}

export const isFault = ({ kind }: Answer) => kind === 'other error' || kind === 'hung' || kind === 'crash';

/** What an error that a reader threw amounts to. */
export function answerOf(thrown: unknown): Answer {
  if (thrown instanceof UnpromptedError && thrown.code !== 'internal/unexpected')
    return { kind: 'coded error', detail: thrown.code };
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { kind: 'other error', detail };
}

/** How all files of a kind were answered. */
export interface Tally {
  /** Whole files that the mutated ones were made of. */
  sources: number;
  answers: Map<Answer['kind'], number>;
  /** Each with what makes it again. */
  faults: string[];
  /** Milliseconds of the slowest. */
  slowest: number;
}

export const emptyTally = (sources: number): Tally => ({
  sources,
  answers: new Map(),
  faults: [],
  slowest: 0,
});

/** Counts the answer to the file of that seed, made of `name`. */
export function count(tally: Tally, name: string, seed: number, answer: Answer, milliseconds: number): void {
  tally.answers.set(answer.kind, (tally.answers.get(answer.kind) ?? 0) + 1);
  tally.slowest = Math.max(tally.slowest, milliseconds);
  if (isFault(answer)) tally.faults.push(`${name}, seed ${seed}: ${answer.kind} ${answer.detail}`);
}

/** What is asked of either kind. */
export interface FuzzOrder {
  files: number;
  /** The n-th file is mutated by this seed + n. */
  seed: number;
  /** Milliseconds that a file may take. */
  limit: number;
}
