import type { Encoding, VideoFormats } from '../../engine/export/encoders.ts';
import type { OptionValues } from '../../engine/export/format.ts';
import { type ExportContent, type ExportKind, formatOf } from '../../engine/export/formats/index.ts';
import type { Backdrop, Container, ExportObject, Overlay, VideoQuality } from '../../engine/export/types.ts';
import { classOf, type ObjectClass } from './classes.ts';
import type { VideoObject } from './objects.ts';

export type WhichObjects = 'shown' | 'selected' | 'all';
export type BackdropName = keyof typeof BACKDROPS;

/** What a user sets in the export dialog. */
export interface ExportChoice {
  kind: ExportKind;
  objects: WhichObjects;
  /** All frames even where only a part of the clip was segmented. */
  wholeClip: boolean;
  container: Container;
  quality: VideoQuality;
  sound: boolean;
  backdrop: BackdropName;
  gifWidth: number;
  /** The clip's frames go along with annotations. */
  pictures: boolean;
  /** Of formats that have each frame for itself, only those that were reviewed. */
  reviewedOnly: boolean;
}

/** What is chosen until a user chooses otherwise. */
export const USUAL_CHOICE: ExportChoice = {
  kind: 'overlay',
  objects: 'shown',
  wholeClip: false,
  container: 'mp4',
  quality: 'good',
  sound: true,
  backdrop: 'blur',
  gifWidth: 480,
  pictures: false,
  reviewedOnly: false,
};

/** In place of the background. */
export const BACKDROPS = {
  blur: { fill: 'blur', radius: 0.02 },
  strong: { fill: 'blur', radius: 0.06 },
  green: { fill: 'colour', colour: 0x00b140 },
  black: { fill: 'colour', colour: 0x000000 },
  white: { fill: 'colour', colour: 0xffffff },
} as const satisfies Record<string, Backdrop>;

/** The containers that this browser can write; both while that is not known yet. */
export const containersOf = (formats: VideoFormats | null): Container[] =>
  (['mp4', 'webm'] as const).filter((container) => !formats || formats[container]);

/** The container chosen, or the one there is. */
export const containerFor = (choice: ExportChoice, formats: VideoFormats | null): Container =>
  containersOf(formats).find((container) => container === choice.container) ??
  containersOf(formats)[0] ??
  choice.container;

/** How the chosen kind of video would be encoded: undefined for what is no video, null where it cannot be. */
export function encodingOf(choice: ExportChoice, formats: VideoFormats | null): Encoding | null | undefined {
  const { options } = formatOf(choice.kind);
  if (!formats || !options.includes('quality')) return undefined;
  return options.includes('container') ? formats[containerFor(choice, formats)] : formats.alpha;
}

/** The choice as the engine takes it. `overlay`: how the chosen objects, and what belongs to none, look. */
export function contentOf(
  choice: ExportChoice,
  formats: VideoFormats | null,
  overlay: Overlay,
): ExportContent {
  const { kind, quality, sound, pictures } = choice;
  const values: OptionValues = {
    overlay,
    container: containerFor(choice, formats),
    backdrop: BACKDROPS[choice.backdrop],
    edge: { feather: overlay.effects.feather, shift: overlay.effects.shift },
    width: choice.gifWidth,
    quality,
    sound,
    pictures,
  };
  const taken = formatOf(kind).options.map((name) => [name, values[name]]);
  return { kind, ...Object.fromEntries(taken) } as ExportContent;
}

/** The chosen objects as files get them, numbered from 1 in the list's order. Without a class, a user's name is one. */
export function exportObjects(
  objects: readonly VideoObject[],
  chosen: ReadonlySet<number>,
  nameOf: (object: VideoObject) => string,
  classes: readonly ObjectClass[] = [],
): ExportObject[] {
  return objects
    .filter(({ id }) => chosen.has(id))
    .map((object, place) => ({
      index: place + 1,
      name: nameOf(object),
      category:
        classOf(object, classes)?.name ?? (object.name || (object.background ? 'background' : 'object')),
      clusters: object.clusters,
    }));
}

/** A file's name that none of `taken` has: with a number before its ending, where it must be. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let free = name;
  for (let copy = 2; taken.has(free); copy++) free = `${stem}-${copy}${ending}`;
  return free;
}
