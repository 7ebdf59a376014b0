import * as v from 'valibot';
import { REASONS } from '../../engine/backend/report.ts';
import type { Grid } from '../../engine/backend/types.ts';
import { CANDIDATES, SOURCE } from '../../engine/follow/records.ts';
import { type Correction, isPrompted, type Prompted } from '../../engine/mask/corrections.ts';
import { effectsSchema, LOOKS, USUAL_EFFECTS } from '../../engine/mask/effects.ts';
import type { Stroke } from '../../engine/mask/strokes.ts';
import { LABELS } from '../../engine/mask/strokes.ts';
import type { PackedLeaves } from '../../engine/session/clusters.ts';
import { noteOf, RUN_NOTES } from '../../engine/session/notes.ts';
import type { Followed, RunResult } from '../../engine/session/result.ts';
import { MOST_WHOLE } from '../../engine/settings/kinds.ts';
import { checkSettings, storedSettings } from '../../engine/settings/settings.ts';
import { UnpromptedError } from '../../lib/failure.ts';
import type { Phrase, Phrases, Said } from '../../lib/phrases.ts';
import { areSpans, NO_SPANS, type Spans } from '../../lib/spans.ts';
import { classNameOf, MOST_CLASSES, type ObjectClass } from '../model/classes.ts';
import type { VideoObject } from '../model/objects.ts';
import { failure, type ProjectFault } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { type PackedSnapshot, type ProjectDocument, VERSION } from './document.ts';

const LONGEST = 1e7;
/** Pixels of a side: more than any clip has. */
const CLIP_SIDE = 2 ** 16;

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_WHOLE));
const size = v.pipe(count, v.minValue(1));
/** 0xRRGGBB. */
const colour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff));
const label = v.pipe(count, v.maxValue(LABELS - 1));
const text = v.pipe(v.string(), v.maxLength(1000));
const list = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.maxLength(LONGEST));
const integers = v.instance(Int32Array);

const keysOf = <K extends string>(words: Record<K, unknown>) => v.picklist(Object.keys(words) as K[]);

/** A phrase of a table. It is made from figures and names: such of another phrase make odd words, and do no other harm. */
const phrase = <T extends Phrases>(table: T) =>
  v.object({
    code: keysOf(table),
    params: v.exactOptional(v.record(text, v.union([finite, text, v.boolean()]))),
  }) as v.GenericSchema as v.GenericSchema<unknown, Phrase<T>>;

/** Words that an earlier version kept: as a text, until it was kept again. */
const said = v.object({ says: text });
const asSaid = (says: string): Said => ({ says });

const object: v.GenericSchema<unknown, VideoObject> = v.object({
  id: count,
  number: v.exactOptional(size),
  backgroundNumber: v.exactOptional(size),
  clusters: list(label),
  name: text,
  colour,
  visible: v.boolean(),
  background: v.boolean(),
  locked: v.boolean(),
  look: v.exactOptional(v.picklist(LOOKS)),
  classId: v.exactOptional(count),
});

const unique = <T>(items: readonly T[]): boolean => new Set(items).size === items.length;

const classes: v.GenericSchema<unknown, readonly ObjectClass[]> = v.pipe(
  v.array(
    v.object({
      id: count,
      name: v.pipe(
        v.string(),
        v.check((name) => name !== '' && name === classNameOf(name)),
      ),
      colour,
    }),
  ),
  v.maxLength(MOST_CLASSES),
  v.check((all) => unique(all.map(({ id }) => id)) && unique(all.map(({ name }) => name))),
);

const spans: v.GenericSchema<unknown, Spans> = list(v.tuple([count, count]));

const stroke: v.GenericSchema<unknown, Stroke> = v.object({
  frame: count,
  to: label,
  from: list(label),
  points: v.pipe(
    list(finite),
    v.check((points) => points.length >= 2 && points.length % 2 === 0),
  ),
  radius: v.pipe(finite, v.minValue(0), v.maxValue(1)),
  carried: integers,
});

const share = v.pipe(finite, v.minValue(0), v.maxValue(1));

const prompted: v.GenericSchema<unknown, Prompted> = v.object({
  clicks: v.pipe(
    list(v.object({ frame: count, x: share, y: share, positive: v.boolean() })),
    v.check((clicks) => clicks.some(({ positive }) => positive)),
  ),
  to: label,
  keeps: list(label),
  tokens: integers,
  shares: v.instance(Uint8Array),
});

const correction: v.GenericSchema<unknown, Correction> = v.union([stroke, prompted]);

const stage = keysOf(strings.run.stages);
const device = v.picklist(['webgpu', 'wasm'] as const);

const positive = v.pipe(finite, v.gtValue(0));

const leaves: v.GenericSchema<unknown, PackedLeaves> = v.object({
  rows: v.instance(Float32Array),
  width: size,
  metric: v.picklist(['kl', 'cosine'] as const),
  members: integers,
  options: v.object({ tau: positive, inclusive: v.boolean() }),
  leafTau: positive,
  residual: v.instance(Float32Array),
  later: v.object({ frames: integers, residual: v.instance(Float32Array) }),
  twins: integers,
});

const followed = v.object({
  sources: v.instance(Uint8Array),
  samples: integers,
  keys: integers,
  quick: v.boolean(),
  // Absent where an earlier version wrote it, which said nothing more than which frames were there.
  complete: v.optional(v.boolean(), true),
  mark: v.optional(text, ''),
  motion: v.boolean(),
  soft: v.nullable(
    v.object({
      cells: v.object({ rows: size, columns: size }),
      leaves: v.instance(Uint16Array),
      weights: v.instance(Uint8Array),
      motion: v.instance(Uint8Array),
    }),
  ),
  apart: v.optional(v.nullable(v.instance(Float32Array)), null),
  leaves: v.optional(v.nullable(leaves), null),
});

const result: v.GenericSchema<unknown, RunResult> = v.object({
  settings: storedSettings,
  notes: list(v.union([phrase(RUN_NOTES), said, v.pipe(text, v.transform(noteOf))])),
  frames: integers,
  grid: v.object({ frames: size, rows: size, columns: size }),
  clustering: v.object({
    labels: integers,
    clusters: v.pipe(size, v.maxValue(LABELS - 1)),
    levels: list(v.object({ clusters: size, parent: integers })),
    distances: v.null(),
    pairs: v.object({ computed: finite, all: finite, share: finite }),
  }),
  parts: v.nullable(integers),
  followed: v.optional(v.nullable(followed), null),
  clusters: list(
    v.object({
      id: label,
      tokens: count,
      share: finite,
      frames: count,
      border: finite,
      background: v.boolean(),
      motion: v.exactOptional(finite),
    }),
  ),
  times: list(v.object({ stage, seconds: finite })),
  device: v.object({
    device,
    why: v.union([phrase(REASONS), said, v.pipe(text, v.transform(asSaid))]),
    adapter: v.nullable(
      v.object({ vendor: text, architecture: text, description: text, software: v.boolean() }),
    ),
    features: list(text),
    threads: count,
    precision: v.picklist(['float32', 'float16'] as const),
    selfTest: v.exactOptional(
      v.object({
        half: v.boolean(),
        attention: finite,
        divergence: finite,
        large: v.exactOptional(v.boolean()),
        edges: v.exactOptional(device),
      }),
    ),
  }),
  memory: v.object({ peakBytes: v.pipe(finite, v.minValue(0)) }),
});

const snapshot = v.object({
  settings: count,
  objects: list(count),
  strokes: list(count),
  // Absent, as the table is, where an earlier version wrote it.
  effects: v.optional(count, 0),
  classes: v.optional(count, 0),
  reviewed: v.optional(count, 0),
});
const edits = v.pipe(v.array(v.object({ label: text, before: snapshot, after: snapshot })), v.maxLength(500));

const document: v.GenericSchema<unknown, ProjectDocument> = v.object({
  version: v.pipe(
    v.picklist([1, VERSION]),
    v.transform((): typeof VERSION => VERSION),
  ),
  clip: v.object({
    name: text,
    width: v.pipe(size, v.maxValue(CLIP_SIDE)),
    height: v.pipe(size, v.maxValue(CLIP_SIDE)),
    frameCount: v.pipe(size, v.maxValue(LONGEST)),
    bytes: v.pipe(finite, v.minValue(0)),
  }),
  frame: count,
  result: v.nullable(result),
  settings: list(storedSettings),
  objects: list(object),
  strokes: list(correction),
  effects: v.optional(list(effectsSchema), () => [USUAL_EFFECTS]),
  classes: v.optional(list(classes), () => [[]]),
  reviewed: v.optional(list(spans), () => [NO_SPANS]),
  now: snapshot,
  past: edits,
  future: edits,
});

/**
 * What was read, as a document that can be trusted: every value in its range, every place within its table, every
 * label of a cluster that there is. `name`: of the file, for the message.
 * @throws `project/newer`, `project/bad`
 */
export function checkDocument(read: unknown, name: string): ProjectDocument {
  const version = v.safeParse(v.looseObject({ version: v.number() }), read);
  if (version.success && version.output.version > VERSION) throw failure('project/newer', { name });
  const parsed = v.safeParse(document, read);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const says = `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
    throw failure('project/bad', { name, detail: { says } });
  }
  const fault = faultOf(parsed.output);
  if (fault) throw failure('project/bad', { name, detail: fault });
  return parsed.output;
}

/** What no schema sees: numbers that have to fit each other. Null: nothing is wrong. */
function faultOf(read: ProjectDocument): ProjectFault | null {
  const known = ({ settings, objects, strokes, effects, classes, reviewed }: PackedSnapshot) =>
    settings < read.settings.length &&
    effects < read.effects.length &&
    classes < read.classes.length &&
    reviewed < read.reviewed.length &&
    objects.every((place) => place < read.objects.length) &&
    strokes.every((place) => place < read.strokes.length);
  const snapshots = [
    read.now,
    ...[...read.past, ...read.future].flatMap((edit) => [edit.before, edit.after]),
  ];
  if (!snapshots.every(known)) return { code: 'edit' };
  const classed = ({ objects, classes }: PackedSnapshot) => {
    const ids = new Set(read.classes[classes]!.map(({ id }) => id));
    return objects.every((place) => {
      const { classId } = read.objects[place]!;
      return classId === undefined || ids.has(classId);
    });
  };
  if (!snapshots.every(classed)) return { code: 'class' };
  if (!read.reviewed.every((spans) => areSpans(spans, read.clip.frameCount))) return { code: 'reviewed' };
  try {
    for (const settings of read.settings) checkSettings(settings);
  } catch (thrown) {
    if (thrown instanceof UnpromptedError) return { code: 'settings', params: { failed: thrown } };
    throw thrown;
  }
  return read.result && faultOfResult(read.result, read);
}

function faultOfResult(
  { grid, frames, clustering, clusters, parts, followed }: RunResult,
  { clip, strokes }: ProjectDocument,
): ProjectFault | null {
  const tokens = grid.frames * grid.rows * grid.columns;
  const below = (values: Int32Array, most: number) => values.every((value) => value >= 0 && value < most);
  const ascending = (values: Int32Array) => values.every((value, i) => i === 0 || value > values[i - 1]!);
  if (frames.length !== grid.frames || !ascending(frames) || !below(frames, clip.frameCount))
    return { code: 'frames' };
  // Frames that were pending have −1.
  const within = (values: Int32Array, most: number) =>
    values.every((value) => value >= (followed ? -1 : 0) && value < most);
  if (clustering.labels.length !== tokens || !within(clustering.labels, clustering.clusters))
    return { code: 'labels' };
  if (!clusters.every(({ id }) => id < clustering.clusters)) return { code: 'cluster' };
  let children = tokens;
  for (const { clusters: more, parent } of clustering.levels) {
    if (parent.length !== children || !within(parent, more)) return { code: 'levels' };
    children = more;
  }
  const leaves = clustering.levels[0]?.clusters ?? 0;
  if (parts && (parts.length !== tokens || !within(parts, leaves))) return { code: 'parts' };
  if (followed && !fits(followed, grid, leaves)) return { code: 'followed' };
  if (followed?.leaves && !leavesFit(followed.leaves, followed, frames, grid, leaves))
    return { code: 'leaves' };
  const there = (places: Int32Array) => ascending(places) && below(places, tokens);
  for (const one of strokes) {
    if (!isPrompted(one) && !there(one.carried)) return { code: 'stroke' };
    if (isPrompted(one) && !(there(one.tokens) && one.shares.length === one.tokens.length))
      return { code: 'prompted' };
  }
  return null;
}

/** Whether a followed run's arrays are as long as its frames are many, and name leaves that there are. */
function fits(followed: Followed, { frames, rows, columns }: Grid, leaves: number): boolean {
  const { sources, soft, apart } = followed;
  if (apart && apart.length !== leaves * leaves) return false;
  if (sources.length !== frames || sources.some((source) => source > SOURCE.preview)) return false;
  if (!soft) return true;
  const candidates = frames * rows * columns * CANDIDATES;
  const cells = frames * soft.cells.rows * soft.cells.columns;
  return (
    soft.leaves.length === candidates &&
    soft.weights.length === candidates &&
    (soft.motion.length === 0 || soft.motion.length === cells) &&
    soft.leaves.every((leaf) => leaf < leaves)
  );
}

/** Whether what another τ is found from is whole, and is of as many leaves, frames and tokens as the rest. */
function leavesFit(
  { rows, width, metric, members, residual, later, twins }: PackedLeaves,
  { samples, soft, apart }: Followed,
  frames: Int32Array,
  { rows: down, columns }: Grid,
  leaves: number,
): boolean {
  const undivided = leaves - twins.length / 2;
  const clip = new Set(frames);
  const numbers = (values: Float32Array) => values.every(Number.isFinite);
  const seen = (places: Int32Array, moved: Float32Array) =>
    unique([...places]) &&
    places.every((frame) => clip.has(frame)) &&
    moved.length === (residual.length > 0 ? 2 * places.length * down * columns : 0) &&
    numbers(moved);
  return (
    soft !== null &&
    apart !== null &&
    samples.length > 0 &&
    Number.isInteger(undivided) &&
    members.length > 0 &&
    members.length <= undivided &&
    members.every((count) => count >= 0) &&
    // What came later was seen somewhere.
    (members.length === undivided ? later.frames.length === 0 : later.frames.length > 0) &&
    rows.length === undivided * width &&
    numbers(rows) &&
    (metric !== 'kl' || rows.every((share) => share >= 0)) &&
    seen(samples, residual) &&
    seen(later.frames, later.residual) &&
    twins.every((value, i) => (i % 2 === 0 ? value >= 0 && value < undivided : value > 0))
  );
}
