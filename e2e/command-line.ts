import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Starts `unprompted`. */
export function start(...args: string[]): ChildProcess {
  return spawn('node', ['cli/unprompted.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs `unprompted` to its end. */
export async function run(...args: string[]) {
  const child = start(...args);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { out, err, code };
}
