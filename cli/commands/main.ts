import { parseArgs } from 'node:util';
import { type Command, type Io, type Options, usage, type Values } from '../command.ts';
import { asFailure, failure } from '../errors.ts';
import { helpOf, overview } from '../help.ts';
import { createIo } from '../io.ts';
import { version } from '../version.ts';
import { commands } from './index.ts';

/** Taken by every command. */
const common = {
  json: { type: 'boolean', help: 'print the result as one line of JSON on stdout' },
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
} satisfies Options;

/** Runs `unprompted` with what was typed after it; returns the exit code. */
async function main(typed: readonly string[], signal: AbortSignal): Promise<number> {
  const [name, ...rest] = typed;
  if (name === '--version' || name === '-V') {
    console.log(version());
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0]);
    console.log(asked ? helpOf(asked, common) : overview(commands));
    return 0;
  }
  if (name === undefined) {
    console.error(overview(commands));
    return 2;
  }
  let io: Io | null = null;
  try {
    const command = commands.find((each) => each.name === name);
    if (!command) throw failure('cli/no-command', { name });
    const args = parse(command, rest);
    if (args.values.help === true) {
      console.log(helpOf(command, common));
      return 0;
    }
    io = createIo({ json: args.values.json === true, quiet: args.values.quiet === true, signal });
    return await command.run(args, io);
  } catch (thrown) {
    const { code, message, todo } = asFailure(thrown);
    io?.progress('');
    console.error(
      code === 'run/cancelled' ? 'unprompted: cancelled' : `unprompted: ${message}\n${todo} [${code}]`,
    );
    if (code === 'internal/unexpected' && process.env.DEBUG) console.error(thrown);
    return exitCode(code);
  }
}

function exitCode(code: string): number {
  if (code === 'run/cancelled') return 130;
  return code === 'cli/usage' || code === 'cli/no-command' || code === 'run/bad-setting' ? 2 : 1;
}

function parse(command: Command, args: string[]) {
  try {
    const options: Options = { ...command.options, ...common };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Values<Options>, positionals };
  } catch (thrown) {
    throw usage(command.name, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

// Ctrl-C stops the work in order; a second one does not wait for that.
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// A reader that closes early (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exit(await main(process.argv.slice(2), stop.signal));
