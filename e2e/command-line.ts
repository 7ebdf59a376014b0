import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The command line while it runs. */
export type CommandLine = ChildProcessByStdio<null, Readable, Readable>;

/** What it wrote, and its exit code; null where a signal ended it. */
export interface Ended {
  out: string;
  err: string;
  code: number | null;
}

/** Starts `unprompted ARGS`. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = process.env): CommandLine {
  return spawn('node', ['cli/unprompted.js', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when a command has ended. */
export async function ended(child: CommandLine): Promise<Ended> {
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { out, err, code };
}

/** Runs `unprompted ARGS` to its end. */
export const run = (...args: string[]): Promise<Ended> => ended(start(args));
