import { type Hints, readArchitecture, readCorrelator } from '../weights/architecture.ts';
import { sha256Hex } from '../weights/hash.ts';
import { timmWeights } from '../weights/names.ts';
import { demandReadable, readWeightFile, type WeightFile } from '../weights/read.ts';
import type { ModelEntry, ModelFile, Origin, Tensor } from '../weights/types.ts';
import { describeFile, metadataNumbers, originOf, tausFrom } from './describe.ts';
import { failure } from './errors.ts';
import type { Model } from './types.ts';

/** Bytes read, of how many. */
export type OnBytes = (done: number, total: number) => void;

/** Gets a file of an entry whole, its hash checked. */
export type FetchBytes = (file: ModelFile, onBytes: OnBytes, signal?: AbortSignal) => Promise<Uint8Array>;

/** The authors' checkpoint keeps its one block of the temporal transformer under this name. */
const AUTHORS_CORRELATOR = /(?:^|\.)temporal_transformer\.0\.(.+)$/;

type Parts = Pick<Model, 'architecture' | 'weights' | 'correlator'> & { origin: Origin };

function hintsOf({ metadata, unread }: Pick<WeightFile, 'metadata' | 'unread'>, heads?: number): Hints {
  const known = heads ?? metadataNumbers(metadata, 'heads', 1)?.[0];
  const grid = metadataNumbers(metadata, 'pos_grid', 2);
  return {
    unread,
    ...(known === undefined ? {} : { heads: known }),
    ...(grid ? { positionGrid: [grid[0]!, grid[1]!] as const } : {}),
  };
}

/** Parts the tensors of one file into backbone and, where there is one, correlator, and reads what they are. */
function partsOf(file: WeightFile, heads?: number): Parts {
  const { tensors, metadata } = file;
  const backbone = new Map<string, Tensor>();
  const correlator = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const own = AUTHORS_CORRELATOR.exec(name)?.[1];
    if (own === undefined) backbone.set(name, tensor);
    else correlator.set(own, tensor);
  }
  const { weights, unread } = timmWeights(backbone, file.unread);
  const architecture = readArchitecture(weights, hintsOf({ metadata, unread }, heads));
  const origin = originOf(tensors, correlator.size > 0);
  if (correlator.size === 0) return { architecture, weights, origin };
  return {
    architecture,
    weights,
    origin,
    correlator: { architecture: readCorrelator(correlator), weights: correlator },
  };
}

function correlatorOf(bytes: Uint8Array, dim: number): NonNullable<Model['correlator']> {
  const file = readWeightFile(bytes);
  const architecture = readCorrelator(file.tensors, hintsOf(file));
  if (architecture.dim !== dim) {
    const params = { correlator: architecture.dim, backbone: dim };
    throw failure('weights/does-not-fit', { problems: [{ code: 'channels', params }] });
  }
  return { architecture, weights: file.tensors };
}

/** Fetches and reads a model of the manifest. `onBytes` counts over all its files. */
export async function loadModel(
  entry: ModelEntry,
  fetchBytes: FetchBytes,
  onBytes: OnBytes = () => {},
  signal?: AbortSignal,
): Promise<Model> {
  const total = entry.file.bytes + (entry.correlator?.bytes ?? 0);
  const bytes = await fetchBytes(entry.file, (done) => onBytes(done, total), signal);
  const { architecture, weights, correlator } = partsOf(readWeightFile(bytes), entry.heads);
  if (architecture.patch !== entry.patch) {
    const params = { is: architecture.patch, wants: entry.patch };
    throw failure('weights/does-not-fit', { problems: [{ code: 'patch', params }] });
  }
  if (!entry.correlator) return { entry, architecture, weights, ...(correlator ? { correlator } : {}) };
  const before = entry.file.bytes;
  const more = await fetchBytes(entry.correlator, (done) => onBytes(before + done, total), signal);
  return { entry, architecture, weights, correlator: correlatorOf(more, architecture.dim) };
}

interface AddedFile {
  name: string;
  bytes: Uint8Array;
  metadata: WeightFile['metadata'];
}

/** A trained correlator's file, put on the backbone that its metadata names; τ is the file's own. */
async function fromCorrelator({ name, bytes, metadata }: AddedFile, model: Model): Promise<Model> {
  const correlator = correlatorOf(bytes, model.architecture.dim);
  const sha256 = await sha256Hex(bytes);
  const tau = metadataNumbers(metadata, 'tau', 1)?.[0] ?? model.entry.defaults.tau;
  const { paper: _paper, measured: _measured, ...base } = model.entry;
  const entry: ModelEntry = {
    ...base,
    id: `${base.id}-${sha256.slice(0, 12)}`,
    name: `${base.name}, ${name}`,
    embedded: false,
    correlator: { url: name, bytes: bytes.byteLength, sha256 },
    untrained: base.untrained ?? base.id,
    defaults: { ...base.defaults, ...tausFrom(tau) },
    source: name,
  };
  return { ...model, entry, correlator };
}

export interface FromFileOptions {
  /** Attention heads, where the user said them. */
  heads?: number;
  /** Gives the backbone that a trained correlator's file names. */
  load: (id: string) => Promise<Model>;
}

/**
 * Reads a weight file that a user gave: safetensors or a PyTorch checkpoint in any known dialect of names, or a
 * trained correlator. `heads` is asked for by `weights/unknown-heads` where the file does not give it.
 * @throws `weights/…`, and what `load` throws
 */
export async function fromFile(file: File, { heads, load }: FromFileOptions): Promise<Model> {
  demandReadable(file.name, file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const read = readWeightFile(bytes);
  const { metadata } = read;
  if (metadata.backbone)
    return fromCorrelator({ name: file.name, bytes, metadata }, await load(metadata.backbone));
  const { origin, ...parts } = partsOf(read, heads);
  const parameters = [parts.weights, parts.correlator?.weights ?? new Map()]
    .flatMap((weights) => [...weights.values()])
    .reduce((sum, { data }) => sum + data.length, 0);
  const about = { name: file.name, bytes: bytes.byteLength, sha256: await sha256Hex(bytes) };
  const entry = describeFile(about, { architecture: parts.architecture, metadata, origin }, parameters);
  return { entry, ...parts };
}
