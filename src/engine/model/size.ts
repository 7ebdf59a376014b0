import type { Phrase, Phrases } from '../../lib/phrases.ts';

/** What was done to a size. */
export const SIZE_NOTES = {
  'run/rounded': (p: { from: string; to: string; patch: number }) =>
    `${p.from} became ${p.to}: the model needs multiples of ${p.patch} pixels.`,
} satisfies Phrases;

export interface RoundedSize {
  height: number;
  width: number;
  /** What was changed; null where nothing was. */
  note: Phrase<typeof SIZE_NOTES> | null;
}

/** The nearest size whose sides are multiples of the patch (at least two patches), and what was done to reach it. */
export function roundSize(size: { height: number; width: number }, patch: number): RoundedSize {
  const round = (pixels: number) => Math.max(2, Math.round(pixels / patch)) * patch;
  const height = round(size.height);
  const width = round(size.width);
  const same = height === size.height && width === size.width;
  const params = { from: `${size.height}×${size.width}`, to: `${height}×${width}`, patch };
  return { height, width, note: same ? null : { code: 'run/rounded', params } };
}
