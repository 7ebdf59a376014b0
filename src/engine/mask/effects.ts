import * as v from 'valibot';

/** What becomes of all that is not a shown object. */
export const BACKGROUNDS = ['none', 'dim', 'blur', 'grey', 'colour'] as const;
export type Background = (typeof BACKGROUNDS)[number];

/** What becomes of an object: its colour over it, its outline, made unrecognisable in two ways, or nothing. */
export const LOOKS = ['fill', 'outline', 'pixelate', 'blur', 'none'] as const;
export type ObjectLook = (typeof LOOKS)[number];

/** Smallest and largest of what can be set by degrees. */
export const RANGES = { strength: [0.005, 0.08], feather: [0, 32], shift: [-32, 32] } as const;

const within = ([least, most]: readonly [number, number]) =>
  v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));

/** How a clip and its objects are shown: plain data, on the stage as in exports. */
export const effectsSchema = v.object({
  background: v.picklist(BACKGROUNDS),
  /** 0xRRGGBB, where the background is one colour. */
  colour: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff)),
  /** Look of every object that has none of its own. */
  objects: v.picklist(LOOKS),
  /** Radius of what is blurred and side of what is pixelated, as a share of the picture's longer side. */
  strength: within(RANGES.strength),
  /** Whether objects draw the way that they have come. */
  trail: v.boolean(),
  /** Width of the soft edge between objects and background, pixels of the clip. */
  feather: within(RANGES.feather),
  /** How far that edge lies outside the masks, pixels of the clip; negative: inside. */
  shift: within(RANGES.shift),
});

export type Effects = Readonly<v.InferOutput<typeof effectsSchema>>;

/** A soft, moved edge; pixels of the clip, or of a map. */
export type Edge = Pick<Effects, 'feather' | 'shift'>;

/** How a clip is shown until a user chooses otherwise. */
export const USUAL_EFFECTS: Effects = {
  background: 'none',
  colour: 0x00b140,
  objects: 'fill',
  strength: 0.02,
  trail: false,
  feather: 2,
  shift: 0,
};
