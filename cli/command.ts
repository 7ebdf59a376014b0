import { failure } from './errors.ts';

/** One option of a command, as node:util's parseArgs takes it, with what `--help` prints. */
export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  /** Placeholder for the value in the help, as in `--tau X`. */
  value?: string;
  help: string;
}

export type Options = Record<string, Option>;

/** Values as typed by the user: text for a string option, true for a flag, absent when not given. */
export type Values<O extends Options> = { [Name in keyof O]?: TypedAs[O[Name]['type']] };

interface TypedAs {
  string: string;
  boolean: boolean;
}

/** Input and output of a command. Results go to stdout, everything else to stderr. */
export interface Io {
  /** The command's result, at most once: `value` as one line of JSON with --json, else `text`. */
  result(value: object, text: string): void;
  /** A line for the user; silent with --quiet. */
  note(text: string): void;
  /** A progress line: it replaces the previous one on a terminal and is throttled elsewhere; silent with --quiet. */
  progress(text: string): void;
  /** Aborted by Ctrl-C: clean up and reject. */
  signal: AbortSignal;
}

/**
 * One command of the command line: a file in cli/commands, listed in cli/commands/index.ts.
 * --help, --json and --quiet belong to every command and are handled by main.ts.
 */
export interface Command<O extends Options = Options> {
  name: string;
  /** One line for `unprompted --help`. */
  summary: string;
  /** What follows the command's name, as in `CLIP_OR_FOLDER --out DIR`. */
  usage: string;
  options: O;
  /**
   * Exit code: 0 done, 1 failed. Throw UnpromptedError for anything that a user can fix:
   * `cli/usage` and `run/bad-setting` end with 2, `run/cancelled` with 130, others with 1.
   */
  run(args: { values: Values<O>; positionals: string[] }, io: Io): Promise<number>;
}

/** Types `values` by the command's own options: `export const command = defineCommand({ … })`. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
  return command;
}

/** A mistake in what was typed, for `command`. Usage: `throw usage('segment', 'No --out was given.')`. */
export function usage(command: string, detail: string) {
  return failure('cli/usage', { detail, command });
}

/** What was typed after `--name`, 1 or more. Throws `cli/usage`. */
export function wholeNumber(command: string, name: string, typed: string): number {
  if (/^[1-9]\d*$/.test(typed)) return Number(typed);
  throw usage(command, `--${name} is ${typed}, but it has to be a whole number, 1 or more.`);
}
