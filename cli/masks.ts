import type { MaskNote, VoidRule } from '../src/evaluate/masks.ts';
import { type Options, usage } from './command.ts';

export const voidOption = {
  void: {
    type: 'string',
    value: '255|none',
    help: 'what 255 is in the truth: pixels that nobody labelled (255), or an object as any other (none)',
  },
} as const satisfies Options;

/** Throws `cli/usage`. */
export function typedVoid(command: string, text: string | undefined): { void?: VoidRule } {
  if (text === undefined) return {};
  if (text === '255' || text === 'none') return { void: text };
  throw usage(command, `--void is ${text}, but it has to be 255 or none.`);
}

/** A sentence on how masks were read. `which`: whose masks, as its subject. */
export function maskNote(note: MaskNote, which: string): string {
  switch (note) {
    case 'soft':
      return `${which}: its masks have soft edges; they are cut at half (128 of 255 and more is the object).`;
    case 'void':
      return `${which}: grey 255 is taken for pixels that nobody labelled; --void none takes it for an object.`;
    case 'object':
      return `${which}: grey 255 is taken for an object; --void 255 takes it for pixels that nobody labelled.`;
  }
}
