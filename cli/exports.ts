import { type ExportKind, FORMATS } from '../src/engine/export/formats/index.ts';
import { type Options, usage } from './command.ts';

const KINDS: readonly ExportKind[] = FORMATS.map(({ id }) => id);

export const exportOption = {
  export: { type: 'string', value: 'WHAT,…', help: `files beside the masks: ${KINDS.join(', ')}` },
} as const satisfies Options;

/** The exports that were typed, each once. Throws `cli/usage`. */
export function typedExports(command: string, text: string | undefined): ExportKind[] {
  if (text === undefined) return [];
  const asked = [...new Set(text.split(',').map((word) => word.trim()))];
  return asked.map((word) => {
    const kind = KINDS.find((id) => id === word);
    if (kind) return kind;
    throw usage(command, `--export has ${word}, but it takes ${KINDS.join(', ')}.`);
  });
}
