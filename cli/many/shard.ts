import { createHash } from 'node:crypto';
import { usage } from '../command.ts';

/** One of `of` parts of a list of clips, counted from 1. */
export interface Shard {
  index: number;
  of: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The part that a clip belongs to: the same on every machine and in every order of the list. */
export function shardOf(name: string, of: number): number {
  const digest = createHash('sha256').update(name.normalize('NFC')).digest();
  return 1 + (digest.readUIntBE(0, 6) % of);
}

/**
 * The part that `--shard` names: `2/4`, or `auto` by the scheduler's environment variables. `auto/4` gives the number of parts where
 * the scheduler does not, or where only some are submitted again; tasks then count from 0.
 * Throws `cli/usage`.
 */
export function typedShard(command: string, text: string | undefined, env: Environment): Shard | null {
  if (text === undefined) return null;
  const plain = /^(\d+)\/(\d+)$/.exec(text);
  if (plain) {
    const shard = { index: Number(plain[1]), of: Number(plain[2]) };
    if (isShard(shard)) return shard;
  }
  const auto = /^auto(?:\/(\d+))?$/.exec(text);
  if (!auto)
    throw usage(command, `--shard is ${text}, but it has to be I/N with I from 1 to N, auto, or auto/N.`);
  const task = taskOf(env);
  if (!task)
    throw usage(
      command,
      '--shard auto found none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and AWS_BATCH_JOB_ARRAY_INDEX.',
    );
  const { name, number, first, count } = task;
  const of = auto[1] === undefined ? count : Number(auto[1]);
  if (of === null)
    throw usage(
      command,
      `--shard auto found ${name}, but not how many parts there are: say it, as in auto/4, with tasks from 0.`,
    );
  const shard = { index: number - (auto[1] === undefined ? first : 0) + 1, of };
  if (isShard(shard)) return shard;
  throw usage(command, `${name} is ${number}, which is none of ${of} parts.`);
}

const isShard = ({ index, of }: Shard) =>
  Number.isSafeInteger(index) && Number.isSafeInteger(of) && index >= 1 && index <= of;

/** A scheduler's task: its number, and the first number and the count of tasks, where known and without gaps. */
interface Task {
  name: string;
  number: number;
  first: number;
  count: number | null;
}

/** This task by the scheduler's environment; null without one. */
function taskOf(env: Environment): Task | null {
  const read = (name: string): number | null => {
    const text = env[name];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  };
  const slurm = read('SLURM_ARRAY_TASK_ID');
  if (slurm !== null) {
    const [first, last] = [read('SLURM_ARRAY_TASK_MIN'), read('SLURM_ARRAY_TASK_MAX')];
    const count = read('SLURM_ARRAY_TASK_COUNT');
    const whole = first !== null && count !== null && (last === null || last - first + 1 === count);
    return { name: 'SLURM_ARRAY_TASK_ID', number: slurm, first: first ?? 0, count: whole ? count : null };
  }
  const kubernetes = read('JOB_COMPLETION_INDEX');
  if (kubernetes !== null) return { name: 'JOB_COMPLETION_INDEX', number: kubernetes, first: 0, count: null };
  const aws = read('AWS_BATCH_JOB_ARRAY_INDEX');
  if (aws === null) return null;
  const count = read('AWS_BATCH_JOB_ARRAY_SIZE');
  return { name: 'AWS_BATCH_JOB_ARRAY_INDEX', number: aws, first: 0, count };
}
