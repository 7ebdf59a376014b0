/** The masks of one sequence, whatever program wrote them, as labels that mean the same in all of its frames. */
import type { MaskImage } from '../engine/mask/mask-png.ts';
import { VOID } from '../metrics/counts.ts';
import type { Labels } from '../metrics/labels.ts';
import { readTruth } from './datasets.ts';
import { readMask } from './pictures.ts';
import type { FileSource, Truth } from './sequences.ts';

/** What 255 means in masks of truth: pixels that nobody labelled, or an object as any other. */
export type VoidRule = '255' | 'none';

/**
 * How masks were read where that could be otherwise: edges were soft and are cut at half; grey 255 beside other levels was
 * taken for doubt, or for an object.
 */
export type MaskNote = 'soft' | 'void' | 'object';

export interface MaskReader {
  notes: MaskNote[];
  /** Throws `png/…`, `mask/…`, `dataset/bad-rle`. */
  read(truth: Truth): Promise<Labels>;
}

export interface MaskOptions {
  /** Whether the masks are the truth: in predictions no pixel is in doubt. */
  truth: boolean;
  /** Absent: as the levels suggest, with a note. */
  void?: VoidRule;
}

const WHITE = 255;
/** Greys up to this beside 255 are the numbers of objects, so that 255 is none of them. */
const GREATEST_NUMBER = 32;
/** A number of an object that stands for 255 where that is no doubt. */
const NOT_VOID = 256;

/**
 * Looks through the masks of a sequence, in order, and gives what reads them. Palette indices and 16-bit numbers are
 * labels as they are; grey levels and colours are numbered in the order in which they appear.
 * @throws as `read`
 */
export async function openMasks(
  truths: readonly Truth[],
  source: FileSource,
  { truth, void: rule }: MaskOptions,
): Promise<MaskReader> {
  const { soft, anySoft, colour, pictures } = await survey(truths, source);
  const notes: MaskNote[] = anySoft ? ['soft'] : [];
  const meaning = (value: number, grey: boolean) => (colour && grey ? value * 0x010101 : value);
  const seen = new Set(pictures.flatMap(({ values, grey }) => values.map((value) => meaning(value, grey))));
  let doubt = false;
  if (truth && !soft && !colour && seen.has(WHITE) && seen.size > 1) {
    const greatest = [...seen].reduce((most, level) => (level === WHITE ? most : Math.max(most, level)), 0);
    doubt = rule === undefined ? greatest <= GREATEST_NUMBER : rule === '255';
    if (rule === undefined) notes.push(doubt ? 'void' : 'object');
  }
  if (doubt) seen.delete(WHITE);
  // The number that means doubt is given to no object.
  const numbers = new Map([...seen].map((value, i) => [value, i + 1 < VOID ? i + 1 : i + 2]));
  if (doubt) numbers.set(WHITE, VOID);

  const label = ({ values, grey }: MaskImage, place: number): number => {
    if (place === 0) return 0;
    if (values === null) return truth && rule === 'none' && place === VOID ? NOT_VOID : place;
    const value = values[place]!;
    if (soft && grey) return Number(2 * value > WHITE);
    return numbers.get(meaning(value, grey)) ?? 0;
  };
  return {
    notes,
    async read(one) {
      const mask = await readTruth(one, source);
      const { width, height, labels, values } = mask;
      const most = values?.length ?? VOID + 1;
      const table = Uint16Array.from({ length: most }, (_, place) => label(mask, place));
      if (table.every((number, place) => number === place)) return { width, height, labels };
      return { width, height, labels: labels.map((place) => (place < most ? table[place]! : place)) };
    },
  };
}

interface Survey {
  /** Whether some masks have soft edges: then all of them are black and white. */
  soft: boolean;
  /** Whether some have soft edges of any kind. */
  anySoft: boolean;
  /** Whether some are in colour. */
  colour: boolean;
  /** Levels or colours of those that have no numbers of their own, in order, without the background. */
  pictures: { values: number[]; grey: boolean }[];
}

async function survey(truths: readonly Truth[], source: FileSource): Promise<Survey> {
  const found: Survey = { soft: false, anySoft: false, colour: false, pictures: [] };
  for (const truth of truths) {
    // Where objects have a file or code each, all that is not background is the object.
    if (!('files' in truth) || truth.files.length !== 1) continue;
    const [path] = truth.files;
    const bytes = await source.read(path!);
    if (isIndexed(bytes)) continue;
    const { values, grey, soft } = await readMask(bytes, path!);
    if (values === null) continue;
    found.soft ||= soft === 'grey';
    found.anySoft ||= soft !== false;
    found.colour ||= !grey;
    found.pictures.push({ values: [...values.subarray(1)], grey });
  }
  return found;
}

/** A palette PNG, whose indices need no survey. */
function isIndexed(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[25] === 3;
}
