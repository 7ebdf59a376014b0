import type { Looks } from '../../engine/mask/compositor.ts';
import type { ObjectLook } from '../../engine/mask/effects.ts';
import type { Paint } from '../../engine/mask/paint.ts';
import type { VideoObject } from './objects.ts';
import { patternAt } from './palette.ts';

/** How objects' areas are drawn over the picture. */
export interface Overlay {
  /** Opacity of the objects' areas, 0..1. */
  opacity: number;
  outlines: boolean;
  patterns: boolean;
}

/** How they are drawn until a user chooses otherwise. */
export const USUAL_OVERLAY: Overlay = { opacity: 0.5, outlines: true, patterns: false };

/** A rim around the contours of what is selected: all objects have contours as a rule, and their colours are many. */
const SELECTED_RIM = 0xffffff;

export interface Look {
  overlay: Overlay;
  /** Look of the objects that have none of their own. */
  usual: ObjectLook;
  hovered: number | null;
  selected: ReadonlySet<number>;
  solo: number | null;
}

export const isShown = (object: VideoObject, solo: number | null): boolean =>
  solo === null ? object.visible : object.id === solo;

/** What becomes of each object, in the list's order; null: it is not shown. */
export const looksOf = (
  objects: readonly VideoObject[],
  { usual, solo }: Pick<Look, 'usual' | 'solo'>,
): Looks => objects.map((object) => (isShown(object, solo) ? (object.look ?? usual) : null));

/** How each object is painted, in the list's order; the last entry is for clusters that belong to none. */
export function paintsOf(objects: readonly VideoObject[], look: Look): Paint[] {
  const { overlay, usual, hovered, selected, solo } = look;
  const paints = objects.map((object, place): Paint => {
    const shown = isShown(object, solo);
    // Pointing at a hidden background is pointing at nothing.
    const pointed = object.id === hovered && (shown || !object.background);
    const stressed = pointed || selected.has(object.id);
    const pattern = overlay.patterns && !object.background ? patternAt(place) : 'solid';
    const own = object.look ?? usual;
    const outlined = own === 'outline' || (own === 'fill' && overlay.outlines);
    const outline = stressed || (shown && outlined) ? 1 : 0;
    const fill = shown && own === 'fill' ? overlay.opacity : 0;
    const lifted = pointed ? Math.min(0.9, fill + 0.22) : fill;
    return {
      colour: object.colour,
      fill: lifted,
      outline: pointed && !shown ? 0.7 : outline,
      ...(selected.has(object.id) && { rim: SELECTED_RIM }),
      pattern,
    };
  });
  return [...paints, { colour: 0, fill: 0, outline: 0, pattern: 'solid' }];
}
