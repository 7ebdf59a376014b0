import { failure } from '../../lib/errors.ts';
import type {
  MeasuredFigure,
  ModelDefaults,
  ModelEntry,
  ModelFile,
  Normalisation,
  PaperFigures,
} from './types.ts';

type Fields = Record<string, unknown>;

/** A reader of one object's fields that says where in the manifest a wrong one stands. */
class Reader {
  readonly #fields: Fields;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(path, 'an object');
    this.#fields = value as Fields;
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  path(name: string): string {
    return this.#path ? `${this.#path}.${name}` : name;
  }

  object(name: string): Reader {
    return new Reader(this.#fields[name], this.path(name));
  }

  string(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string' || value === '') throw bad(this.path(name), 'a text');
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value !== 'boolean') throw bad(this.path(name), 'true or false');
    return value;
  }

  positive(name: string): number {
    const value = this.#fields[name];
    if (!isPositive(value)) throw bad(this.path(name), 'a positive number');
    return value;
  }

  whole(name: string): number {
    const value = this.positive(name);
    if (!Number.isSafeInteger(value)) throw bad(this.path(name), 'a whole number');
    return value;
  }

  positives(name: string, count?: number): number[] {
    const value = this.#fields[name];
    if (!Array.isArray(value) || !value.every(isPositive) || (count ?? value.length) !== value.length)
      throw bad(this.path(name), `a list of ${count ?? 'some'} positive numbers`);
    return value;
  }
}

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

const bad = (path: string, wants: string) => failure('model/bad-manifest', { path, wants });

function parseFile(reader: Reader): ModelFile {
  const file: ModelFile = { url: reader.string('url'), bytes: reader.whole('bytes') };
  if (!reader.has('sha256')) return file;
  const sha256 = reader.string('sha256');
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw bad(reader.path('sha256'), 'a SHA-256 in small hexadecimal');
  return { ...file, sha256 };
}

function parseNormalisation(reader: Reader): Normalisation {
  const three = (name: string) => reader.positives(name, 3) as [number, number, number];
  return { mean: three('mean'), std: three('std') };
}

function parseDefaults(reader: Reader, patch: number): ModelDefaults {
  const size = (name: string) => {
    const value = reader.whole(name);
    if (value % patch !== 0) throw bad(reader.path(name), `a multiple of the patch, ${patch}`);
    return value;
  };
  const [low, high] = reader.positives('tauRange', 2) as [number, number];
  const tau = reader.positive('tau');
  if (!(low <= tau && tau <= high)) throw bad(reader.path('tauRange'), `a range that holds τ, ${tau}`);
  return {
    height: size('height'),
    width: size('width'),
    tau,
    tauRange: [low, high],
    tauSingle: reader.positive('tauSingle'),
    temperature: Array.isArray(reader.raw('temperature'))
      ? reader.positives('temperature')
      : reader.positive('temperature'),
  };
}

function parsePaper(reader: Reader): PaperFigures {
  return {
    ytvisFgAri: reader.positive('ytvisFgAri'),
    ytvisMiou: reader.positive('ytvisMiou'),
    davisJf: reader.positive('davisJf'),
    davisFgAri: reader.positive('davisFgAri'),
  };
}

function parseMeasured(reader: Reader): MeasuredFigure {
  return { measure: reader.string('measure'), percent: reader.positive('percent') };
}

function parseEntry(value: unknown, path: string): ModelEntry {
  const reader = new Reader(value, path);
  const patch = reader.whole('patch');
  const heads = reader.has('heads') ? { heads: reader.whole('heads') } : {};
  const correlator = reader.has('correlator') ? { correlator: parseFile(reader.object('correlator')) } : {};
  const paper = reader.has('paper') ? { paper: parsePaper(reader.object('paper')) } : {};
  const measured = reader.has('measured') ? { measured: parseMeasured(reader.object('measured')) } : {};
  return {
    id: reader.string('id'),
    name: reader.string('name'),
    summary: reader.string('summary'),
    embedded: reader.boolean('embedded'),
    patch,
    dim: reader.whole('dim'),
    depth: reader.whole('depth'),
    parameters: reader.whole('parameters'),
    file: parseFile(reader.object('file')),
    ...correlator,
    ...(reader.has('untrained') ? { untrained: reader.string('untrained') } : {}),
    ...heads,
    ...paper,
    ...measured,
    normalisation: parseNormalisation(reader.object('normalisation')),
    defaults: parseDefaults(reader.object('defaults'), patch),
    licence: reader.string('licence'),
    source: reader.string('source'),
  };
}

/**
 * The models of a manifest, `{ models: [ModelEntry, …] }`.
 * @throws `model/bad-manifest` naming the first field that is wrong
 */
export function parseManifest(value: unknown): ModelEntry[] {
  const models = new Reader(value, '').raw('models');
  if (!Array.isArray(models)) throw bad('models', 'a list');
  const entries = models.map((entry, i) => parseEntry(entry, `models[${i}]`));
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size < entries.length) throw bad('models', 'a list without an id twice');
  return entries;
}
