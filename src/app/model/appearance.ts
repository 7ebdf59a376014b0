import type { Paint } from '../../engine/mask/paint.ts';
import type { VideoObject } from './objects.ts';
import { patternAt } from './palette.ts';

/** How objects' areas are drawn over the picture. */
export interface Overlay {
  /** Opacity of the objects' areas, 0..1. */
  opacity: number;
  outlines: boolean;
  patterns: boolean;
  /** Darkens everything but the shown objects, instead of colouring them. */
  spotlight: boolean;
}

/** How they are drawn until a person chooses otherwise. */
export const USUAL_OVERLAY: Overlay = { opacity: 0.5, outlines: true, patterns: false, spotlight: false };

export interface Look {
  overlay: Overlay;
  hovered: number | null;
  selected: ReadonlySet<number>;
  solo: number | null;
}

/** What everything else is dimmed to in the spotlight. */
const NIGHT = 0x05060a;
const NIGHT_FILL = 0.78;

export const isShown = (object: VideoObject, solo: number | null): boolean =>
  solo === null ? object.visible : object.id === solo;

/** How each object is painted, in the list's order; the last entry is for clusters that belong to none. */
export function paintsOf(objects: readonly VideoObject[], look: Look): Paint[] {
  const { overlay, hovered, selected, solo } = look;
  const paints = objects.map((object, place): Paint => {
    const shown = isShown(object, solo);
    // Pointing at a hidden background is pointing at nothing.
    const pointed = object.id === hovered && (shown || !object.background);
    const stressed = pointed || selected.has(object.id);
    const pattern = overlay.patterns && !object.background ? patternAt(place) : 'solid';
    const outline = stressed || (shown && overlay.outlines) ? 1 : 0;
    if (overlay.spotlight) {
      if (shown) return { colour: object.colour, fill: pointed ? 0.25 : 0, outline, pattern };
      return { colour: NIGHT, fill: NIGHT_FILL, outline: 0, pattern: 'solid' };
    }
    const fill = shown ? overlay.opacity : 0;
    const lifted = pointed ? Math.min(0.9, fill + 0.22) : fill;
    return { colour: object.colour, fill: lifted, outline: pointed && !shown ? 0.7 : outline, pattern };
  });
  const rest: Paint = {
    colour: NIGHT,
    fill: overlay.spotlight ? NIGHT_FILL : 0,
    outline: 0,
    pattern: 'solid',
  };
  return [...paints, rest];
}
