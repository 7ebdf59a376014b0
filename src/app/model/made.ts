import {
  type Correction,
  FIRST_MADE,
  isMade,
  isPrompted,
  type Prompted,
} from '../../engine/mask/corrections.ts';
import { NOTHING } from '../../engine/mask/strokes.ts';
import { freeColours, inListOrder, numbered, type VideoObject } from './objects.ts';
import { PALETTE } from './palette.ts';

type Content = { objects: readonly VideoObject[]; strokes: readonly Correction[] };

/** A label for an object made by hand that none has yet, nor any correction; null where all are taken. */
export function freeLabel({ objects, strokes }: Content): number | null {
  const taken = new Set([...objects.flatMap(({ clusters }) => clusters), ...strokes.map(({ to }) => to)]);
  for (let label = NOTHING - 1; label >= FIRST_MADE; label--) if (!taken.has(label)) return label;
  return null;
}

/** The objects with one more, of a label of its own, after the last that is not background. */
export function withMade(
  objects: readonly VideoObject[],
  label: number,
  palette: readonly number[] = PALETTE,
): readonly VideoObject[] {
  const made: VideoObject = {
    id: label,
    clusters: [label],
    name: '',
    colour: freeColours(objects, palette)(),
    visible: true,
    background: false,
    locked: false,
  };
  return numbered(inListOrder([...objects, made]));
}

/** The corrections without those that make what no object is of any more: what lies under it is seen again. */
export function withoutUnowned({ objects, strokes }: Content): readonly Correction[] {
  const owned = new Set(objects.flatMap(({ clusters }) => clusters));
  const left = strokes.filter(({ to }) => !isMade(to) || owned.has(to));
  return left.length === strokes.length ? strokes : left;
}

/** Objects that clicks made, and these clicks, for another run over the same clip: nothing else of a document lasts. */
export function lasting({ objects, strokes }: Content): {
  objects: readonly VideoObject[];
  strokes: readonly Prompted[];
} {
  const prompted = strokes.filter(isPrompted).filter(({ to }) => isMade(to));
  const labels = new Set(prompted.map(({ to }) => to));
  const kept = objects.filter(({ clusters }) => clusters.every((label) => labels.has(label)));
  const owned = new Set(kept.flatMap(({ clusters }) => clusters));
  return {
    objects: kept,
    strokes: prompted.filter(({ to }) => owned.has(to)).map((one) => ({ ...one, keeps: [] })),
  };
}
