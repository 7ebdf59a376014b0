import * as v from 'valibot';
import type { Normalisation } from '../video/types.ts';
import type {
  MeasuredFigure,
  ModelDefaults,
  ModelEntry,
  ModelFile,
  MotionEntry,
  PaperFigures,
} from '../weights/types.ts';
import { failure } from './errors.ts';

// Messages say what a value has to be: they follow "has to be" in `model/bad-manifest`.

const text = v.pipe(v.string('a text'), v.nonEmpty('a text'));
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const positive = v.custom<number>(isPositive, 'a positive number');
const whole = v.pipe(positive, v.safeInteger('a whole number'));
const yesOrNo = v.boolean('true or false');

const positives = <T extends readonly number[]>(count?: number) =>
  v.custom<T>(
    (value) => Array.isArray(value) && value.every(isPositive) && value.length === (count ?? value.length),
    `a list of ${count ?? 'some'} positive numbers`,
  );

const objectOf = <E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    v.custom<object>((value) => !Array.isArray(value), 'an object'),
    v.object(entries, ({ expected }) => (expected === 'Object' ? 'an object' : 'there')),
  );

const file: v.GenericSchema<unknown, ModelFile> = objectOf({
  url: text,
  bytes: whole,
  sha256: v.exactOptional(v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in small hexadecimal'))),
});

const normalisation: v.GenericSchema<unknown, Normalisation> = objectOf({
  mean: positives<Normalisation['mean']>(3),
  std: positives<Normalisation['std']>(3),
});

const defaults = v.pipe(
  objectOf({
    height: whole,
    width: whole,
    tau: positive,
    tauRange: positives<ModelDefaults['tauRange']>(2),
    tauSingle: positive,
    temperature: v.union([positive, positives()], 'a positive number, or a list of some'),
  }),
  v.forward(
    v.check(
      ({ tau, tauRange: [low, high] }) => low <= tau && tau <= high,
      ({ input: { tau } }) => `a range that holds τ, ${tau}`,
    ),
    ['tauRange'],
  ),
);

const paper: v.GenericSchema<unknown, PaperFigures> = objectOf({
  ytvisFgAri: positive,
  ytvisMiou: positive,
  davisJf: positive,
  davisFgAri: positive,
});

const measured: v.GenericSchema<unknown, MeasuredFigure> = objectOf({ measure: text, percent: positive });

const multiple = ({ input }: { input: { patch: number } }) => `a multiple of the patch, ${input.patch}`;

const entry: v.GenericSchema<unknown, ModelEntry> = v.pipe(
  objectOf({
    id: text,
    name: text,
    summary: text,
    embedded: yesOrNo,
    patch: whole,
    dim: whole,
    depth: whole,
    parameters: whole,
    file,
    correlator: v.exactOptional(file),
    untrained: v.exactOptional(text),
    heads: v.exactOptional(whole),
    paper: v.exactOptional(paper),
    measured: v.exactOptional(measured),
    normalisation,
    defaults,
    licence: text,
    source: text,
  }),
  v.forward(
    v.check(({ defaults, patch }) => defaults.height % patch === 0, multiple),
    ['defaults', 'height'],
  ),
  v.forward(
    v.check(({ defaults, patch }) => defaults.width % patch === 0, multiple),
    ['defaults', 'width'],
  ),
);

const motion = objectOf({ id: text, name: text, parameters: whole, file, licence: text, source: text });

const models = v.pipe(
  v.array(entry, 'a list'),
  v.check(
    (entries) => new Set(entries.map(({ id }) => id)).size === entries.length,
    'a list without an id twice',
  ),
);

/** What a schema makes of a manifest. */
function parsed<T>(schema: v.GenericSchema<unknown, T>, manifest: unknown): T {
  const { success, output, issues } = v.safeParse(schema, manifest);
  if (success) return output;
  const [{ path, message }] = issues;
  throw failure('model/bad-manifest', { path: pathOf(path ?? []) || 'it', wants: message });
}

/** `models[0].file.bytes` */
const pathOf = (path: readonly { key: unknown }[]): string =>
  path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');

/**
 * The models of a manifest, `{ models: [ModelEntry, …] }`.
 * @throws `model/bad-manifest` naming the first field that is wrong
 */
export const parseManifest = (value: unknown): ModelEntry[] => parsed(objectOf({ models }), value).models;

/**
 * The motion net of a manifest, `{ motion: MotionEntry }`.
 * @throws `model/bad-manifest` naming the first field that is wrong
 */
export const parseMotion = (value: unknown): MotionEntry => parsed(objectOf({ motion }), value).motion;
