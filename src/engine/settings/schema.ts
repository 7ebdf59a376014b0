/**
 * Every setting of a run, said once. The type RunSettings, checks, command-line flags, the panel of the page, project
 * files, cache keys, equality and the order of sweeps all follow from this table; a new setting is an entry here, its
 * label in `src/app/words`, and the code that it decides.
 */
import type * as v from 'valibot';
import { type Choice, type Kind, oneOf, orNull, perHead, real, text, whole } from './kinds.ts';

/**
 * What a change makes out of date, and with it all that comes after: the networks' sessions, tokens, the rows that are
 * clustered, clusters, or none of these.
 */
export const STEPS = ['sessions', 'tokens', 'rows', 'clusters', 'nothing'] as const;
export type Step = (typeof STEPS)[number];

/**
 * Algorithm 1 at a fine τ, and its later hierarchies from these leaves on at τ, so that τ is a look-up; Algorithm 1 to the
 * letter; the same with the leaf level in windows; what the authors' code does; K-means.
 */
const CLUSTERINGS = ['hierarchical', 'paper', 'windowed', 'released', 'kmeans'] as const;
export type ClusteringMode = (typeof CLUSTERINGS)[number];

/** Table 4's clustering metrics: features and attention maps, of the backbone (F, A) or the correlator (Fv, Av). */
const METRICS = ['Av', 'A', 'Fv', 'F'] as const;
export type Metric = (typeof METRICS)[number];

/** Settings that decide what others mean. */
interface Deciding {
  clustering: ClusteringMode;
  metric: Metric;
}

/** Where a value comes from that nobody has chosen: the model, what suits the clip and machine, or always the same. */
type Initial<T> = { from: 'model' } | { from: 'clip' } | { from: 'fixed'; value: T };

/** A flag of the command line, `--NAME VALUE`, of the setting's own name. */
interface Flag {
  /** Stands for the value in the help. */
  value: string;
  help: string;
  /** Whether `eval` takes several values, with commas between. */
  swept?: true;
}

/**
 * How the settings panel shows it, under Research: what everybody needs has controls of its own. Its label is
 * `strings.settings[name]`, its explanation `hints[name]` there, the names of its choices `choices[name]`.
 */
interface Panel {
  /** Least and most that the field takes, on a clip of so many frames. */
  range?: (frameCount: number) => readonly [number, number];
  step?: number;
  /** Decimal places. */
  digits?: number;
  /** Absent: always shown. */
  when?: (settings: Deciding) => boolean;
}

interface Setting<T> {
  kind: Kind<T>;
  initial: Initial<T>;
  invalidates: Step | ((settings: Deciding) => Step);
  flag: Flag | null;
  /** Null: the page has only a control of its own for it. */
  panel: Panel | null;
  /** Values of earlier versions, which old project files may hold, and what stands for them now. */
  retired?: Readonly<Record<string, T>>;
}

const model = { from: 'model' } as const;
const clip = { from: 'clip' } as const;
const fixed = <const T>(value: T) => ({ from: 'fixed', value }) as const;

/** More pixels a side than any model is run on. */
const LONGEST_SIDE = 2 ** 13;

const side = whole(`a whole number of pixels, from 16 to ${LONGEST_SIDE}`, { least: 16, most: LONGEST_SIDE });

export const SETTINGS = {
  /** Manifest id, or the id under which a file was added. */
  model: {
    kind: text('the id of a model'),
    initial: model,
    invalidates: 'sessions',
    flag: null,
    panel: null,
  },
  /** Where the heavy steps run. */
  device: {
    kind: oneOf(['auto', 'webgpu', 'wasm']),
    initial: fixed('auto'),
    invalidates: 'sessions',
    flag: { value: 'WHERE', help: 'auto, wasm, webgpu' },
    panel: {},
  },
  /** Input size of the backbone in pixels; a run rounds it to multiples of its patch. */
  height: { kind: side, initial: model, invalidates: 'sessions', flag: null, panel: null },
  width: { kind: side, initial: model, invalidates: 'sessions', flag: null, panel: null },
  /** Frames of the clip, half open; `end` null: to the last. */
  start: {
    kind: whole('a frame number, 0 or more', { least: 0 }),
    initial: fixed(0),
    invalidates: 'tokens',
    flag: null,
    panel: null,
  },
  end: {
    kind: orNull(whole('a frame number after the start', { least: 1 })),
    initial: fixed(null),
    invalidates: 'tokens',
    flag: null,
    panel: null,
  },
  /** Every stride-th frame of that part is analysed; `hierarchical` propagates into what lies between by motion. */
  stride: {
    kind: whole('a whole number, 1 or more', { least: 1 }),
    initial: clip,
    invalidates: 'tokens',
    flag: { value: 'N', help: 'analyse every Nth frame' },
    panel: { range: (frameCount) => [1, frameCount] },
  },
  /** Frames that `hierarchical` finds the objects in, at most; every frame is then followed. 0: in all. */
  samples: {
    kind: whole('a whole number of frames, or 0 for all', { least: 0 }),
    initial: fixed(16),
    invalidates: 'tokens',
    flag: { value: 'N', help: 'frames that objects are found in, at most (0: all)', swept: true },
    panel: {
      range: () => [0, 10_000],
      when: ({ clustering }) => clustering === 'hierarchical',
    },
  },
  metric: {
    kind: oneOf(METRICS),
    initial: fixed('Av'),
    invalidates: 'tokens',
    flag: { value: 'WHAT', help: `what is clustered: ${METRICS.join(', ')}`, swept: true },
    panel: {},
  },
  /** Share of frames that are key frames, in (0, 1] (Table 9). */
  ratio: {
    kind: real('above 0 and at most 1', { above: 0, most: 1 }),
    initial: clip,
    // F_v is what attending to the key frames makes of a token.
    invalidates: ({ metric }) => (metric === 'Fv' ? 'tokens' : 'rows'),
    flag: { value: 'X', help: 'share of frames that are key frames, up to 1', swept: true },
    panel: { range: () => [0.01, 1], step: 0.01, digits: 2 },
  },
  /** Multiplies the attention logits; one number for all heads or one per head. */
  temperature: {
    kind: perHead(),
    initial: model,
    invalidates: 'rows',
    flag: { value: 'X', help: 'sharpens the attention; one number, or one per head: 2,2,1' },
    panel: { range: () => [0.01, 100], step: 0.01, digits: 2 },
  },
  /** λ: weight of motion beside attention, for `hierarchical` over A'v; 0: appearance alone, as in the paper. */
  motion: {
    kind: real('0 or more', { least: 0 }),
    initial: fixed(1),
    invalidates: 'rows',
    flag: { value: 'X', help: 'weight of motion beside attention (0: none)', swept: true },
    panel: {
      range: () => [0, 10],
      step: 0.1,
      digits: 1,
      when: ({ clustering }) => clustering === 'hierarchical',
    },
  },
  clustering: {
    kind: oneOf(CLUSTERINGS),
    initial: fixed('hierarchical'),
    invalidates: 'clusters',
    flag: { value: 'WAY', help: CLUSTERINGS.join(', '), swept: true },
    panel: {},
    retired: { agglomerative: 'windowed' },
  },
  /** K of K-means. */
  k: {
    kind: whole('a whole number of clusters, 1 or more', { least: 1 }),
    initial: fixed(8),
    invalidates: 'clusters',
    flag: { value: 'K', help: 'clusters of kmeans', swept: true },
    panel: {
      range: () => [2, 100],
      when: ({ clustering }) => clustering === 'kmeans',
    },
  },
  /** Seed of K-means' start. */
  seed: {
    kind: whole('a whole number, 0 or more', { least: 0 }),
    initial: fixed(0),
    invalidates: 'clusters',
    flag: { value: 'N', help: 'start of kmeans' },
    panel: {
      range: () => [0, 1e9],
      when: ({ clustering }) => clustering === 'kmeans',
    },
  },
  /** Frames of a window of the leaf level (`windowed`, `released`). */
  window: {
    kind: whole('a whole number of frames, 1 or more', { least: 1 }),
    initial: fixed(3),
    invalidates: 'clusters',
    flag: { value: 'N', help: 'frames of a window (windowed, released)', swept: true },
    panel: {
      range: () => [1, 1000],
      when: ({ clustering }) => clustering !== 'paper' && clustering !== 'kmeans',
    },
  },
  tau: {
    kind: real('a number above 0', { above: 0 }),
    initial: model,
    invalidates: 'clusters',
    flag: { value: 'X', help: 'clusters nearer than this become one', swept: true },
    panel: null,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** Everything that decides a run's result. Plain data: the same settings and clip give the same labels. */
export type RunSettings = {
  [Name in SettingName]: v.InferOutput<(typeof SETTINGS)[Name]['kind']['schema']>;
};

/** Names of the settings that have a flag of their own. */
export type FlagName = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['flag'] extends null ? never : Name;
}[SettingName];

/** Names of the settings that begin with the same value for every model and clip. */
export type FixedName = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['initial'] extends { from: 'fixed' } ? Name : never;
}[SettingName];

/** Names of the settings that the panel shows by this table. */
export type PanelName = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['panel'] extends null ? never : Name;
}[SettingName];

/** Names of the settings that are one of a few. */
export type ChoiceName = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['kind'] extends Choice<string> ? Name : never;
}[SettingName];

/** Flags that stand for several settings at once. */
export const JOINT_FLAGS = {
  size: {
    value: 'HxW',
    help: 'input size of the model in pixels, as in 192x384',
    form: 'HEIGHTxWIDTH, as in 192x384',
    pattern: /^(\d+)[x×](\d+)$/,
    read: (height: string, width: string) => ({ height: Number(height), width: Number(width) }),
  },
  frames: {
    value: 'A:B',
    help: 'from frame A up to, not with, frame B; either may be left out',
    form: 'A:B, as in 0:50',
    pattern: /^(\d*):(\d*)$/,
    read: (start: string, end: string) => ({ start: Number(start), end: end === '' ? null : Number(end) }),
  },
} as const;
