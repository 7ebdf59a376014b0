import type { Command, Options } from './command.ts';

/** `unprompted --help`. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    'Usage: unprompted COMMAND [OPTIONS]',
    '',
    'Finds, outlines and follows every object in a video, with no labels and no prompts.',
    '',
    ...table(rows),
    '',
    'unprompted COMMAND --help lists a command’s options; unprompted --version prints the version.',
    'Exit codes: 0 done, 1 failed, 2 wrongly called, 130 cancelled.',
  ].join('\n');
}

/** `unprompted COMMAND --help`. */
export function helpOf(command: Command, common: Options): string {
  return [
    `Usage: unprompted ${command.name} ${command.usage}`,
    '',
    `${command.summary}.`,
    '',
    ...table(rowsOf({ ...command.options, ...common })),
  ].join('\n');
}

function rowsOf(options: Options): (readonly [string, string])[] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const flag = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
    return [flag, help] as const;
  });
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
