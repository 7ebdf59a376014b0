import { create } from 'zustand';
import type { Click, Prompted } from '../../engine/mask/corrections.ts';

/** What a click on the picture says of the object that is being made. */
export type ClickKind = 'new' | 'add' | 'remove';

/** A part that clicks add to an object that was found, or take away from it. */
export interface Part {
  /** The object. */
  id: number;
  /** Label that the part gets: one of the object's, or NOTHING where it is taken away. */
  to: number;
  /** Labels that do not give way to it. */
  keeps: readonly number[];
  /** Where the object stays as it is, as clicks beside the part. */
  stays: readonly Click[];
}

/** An object that is being made by clicks; nothing of it is in the document before it is added. */
interface PromptState {
  /** The tool is on: every click marks where an object is. */
  tool: boolean;
  /** What the next click says where no key does; a finger has none. */
  kind: ClickKind;
  clicks: readonly Click[];
  /** The clicks are about a part of an object that was found; null: they are about all of an object. */
  part: Part | null;
  /** The object that is clicked on further, of those in the document; null: a new one. */
  of: Prompted | null;
  /** What was found for the clicks on the frame that was shown, before all frames have been answered for. */
  glimpse: Pick<Prompted, 'tokens' | 'shares'> | null;
  /** What was found for the clicks it names, which may be fewer than there are now; null until it has come. */
  found: Prompted | null;
  /** It is to be added as soon as what all clicks point at has been found. */
  adding: boolean;
}

/** What there is of it, whether or not the tool is in hand. */
export type Clicks = Omit<PromptState, 'tool'>;

export const NO_CLICKS = {
  kind: 'new',
  clicks: [],
  part: null,
  of: null,
  glimpse: null,
  found: null,
  adding: false,
} satisfies Clicks;

export const usePrompt = create<PromptState>()(() => ({ tool: false, ...NO_CLICKS }));
