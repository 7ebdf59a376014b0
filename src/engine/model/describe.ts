import type { Normalisation } from '../video/types.ts';
import type { Architecture, ModelDefaults, ModelEntry, Origin, Weights } from '../weights/types.ts';
import { failure } from './errors.ts';

/** Licence of a file that names none. */
export const UNSTATED_LICENCE = 'as its source says';

const IMAGENET: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** timm's own for its supervised ViTs (`vit_*_patch16_224`): pixels from -1 to 1. */
const INCEPTION: Normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
/** The authors' training code's. */
const AUTHORS: Normalisation = { mean: [0.43216, 0.394666, 0.37645], std: [0.22803, 0.22145, 0.216989] };

const NORMALISATION: Record<Origin, Normalisation> = {
  'self-supervised': IMAGENET,
  classifier: INCEPTION,
  authors: AUTHORS,
};

/** τ of Sec. 4.2 and of the authors' single-object setting; a supervised ViT's attention is sharper and wants 2. */
const TAU: Record<Origin, { tau: number; tauSingle: number }> = {
  'self-supervised': { tau: 1, tauSingle: 1.6 },
  classifier: { tau: 2, tauSingle: 3.2 },
  authors: { tau: 1, tauSingle: 1.6 },
};

/** The slider's range around a τ. */
const rangeOf = (tau: number) => [tau / 5, tau * 3.2] as const;

/** Leaves of a followed clip are made at this share of the model's τ: any τ from there on is a look-up. */
const LEAF_SHARE = 0.5;

/** τ of the leaves of a model's followed runs, unless a run's own is finer. */
export const leafTauOf = ({ defaults }: Pick<ModelEntry, 'defaults'>): number => LEAF_SHARE * defaults.tau;

/** What follows from a τ that a file gives. */
export function tausFrom(tau: number): Pick<ModelDefaults, 'tau' | 'tauSingle' | 'tauRange'> {
  return { tau, tauSingle: tau * 1.4, tauRange: rangeOf(tau) };
}

/** A classification head marks a supervised model: DINO's and DINOv2's published backbones have none. */
export function originOf(tensors: Weights, hasCorrelator: boolean): Origin {
  if (hasCorrelator) return 'authors';
  const isHead = (name: string) => /(?:^|\.)(?:head|classifier)\.weight$/.test(name);
  return [...tensors].some(([name, { shape }]) => isHead(name) && shape.length === 2)
    ? 'classifier'
    : 'self-supervised';
}

/** The paper's 192×384 for patches of 8; larger patches get more pixels, or the grid would be too coarse for objects. */
function sizeFor(patch: number): { height: number; width: number } {
  const [height, width] = patch <= 8 ? [192, 384] : [320, 480];
  const nearest = (pixels: number) => Math.max(1, Math.round(pixels / patch)) * patch;
  return { height: nearest(height!), width: nearest(width!) };
}

type Metadata = Readonly<Record<string, string>>;

const refuse = (name: string, value: string) =>
  failure('weights/bad-header', { detail: { code: 'value', params: { name, value } } });

/** Positive numbers of a metadata field, with commas, `x` or blanks between, in brackets or not; undefined where it is absent. */
export function metadataNumbers(metadata: Metadata, name: string, count?: number): number[] | undefined {
  const text = metadata[name];
  if (text === undefined) return undefined;
  const bare = text.replace(/^\s*[[(]|[\])]\s*$/g, '').trim();
  const values = bare.split(/\s*[,x×]\s*|\s+/).map((part) => (part === '' ? Number.NaN : Number(part)));
  const right = values.every((value) => Number.isFinite(value) && value > 0);
  if (!right || (count ?? values.length) !== values.length) throw refuse(name, text);
  return values;
}

const metadataNumber = (metadata: Metadata, name: string) => metadataNumbers(metadata, name, 1)?.[0];

function defaultsOf(metadata: Metadata, origin: Origin, patch: number): ModelDefaults {
  const own = metadataNumber(metadata, 'tau');
  const { tau, tauSingle } = own === undefined ? TAU[origin] : tausFrom(own);
  const temperature = metadataNumbers(metadata, 'temperature') ?? [1];
  const size = sizeFor(patch);
  return {
    height: metadataNumber(metadata, 'height') ?? size.height,
    width: metadataNumber(metadata, 'width') ?? size.width,
    tau,
    tauRange: rangeOf(tau),
    tauSingle: metadataNumber(metadata, 'tau_single') ?? tauSingle,
    temperature: temperature.length === 1 ? temperature[0]! : temperature,
  };
}

function normalisationOf(metadata: Metadata, origin: Origin): Normalisation {
  const mean = metadataNumbers(metadata, 'mean', 3);
  const std = metadataNumbers(metadata, 'std', 3);
  if (!mean || !std) return NORMALISATION[origin];
  return { mean: mean as [number, number, number], std: std as [number, number, number] };
}

const ORIGIN_TEXT: Record<Origin, string> = {
  'self-supervised':
    'no classifier, so taken for self-supervised: ImageNet’s mean and deviation, the paper’s τ',
  classifier: 'a supervised classifier: mean and deviation 0.5, a higher τ',
  authors: 'backbone and trained correlator in the authors’ layout, with their mean and deviation',
};

/** The entry of a weight file that a user added: what its metadata says first, then what its tensors suggest. */
export function describeFile(
  file: { name: string; bytes: number; sha256: string },
  { architecture, metadata, origin }: { architecture: Architecture; metadata: Metadata; origin: Origin },
  parameters: number,
): ModelEntry {
  const { patch, dim, depth, heads, registers } = architecture;
  const parts = [`patch ${patch}`, `${dim} channels`, `${depth} blocks`, `${heads} heads`];
  if (registers > 0) parts.push(`${registers} registers`);
  return {
    id: `file-${file.sha256.slice(0, 12)}`,
    name: metadata.name ?? file.name,
    summary: `${parts.join(', ')}; ${ORIGIN_TEXT[origin]}.`,
    embedded: false,
    patch,
    dim,
    depth,
    parameters,
    file: { url: file.name, bytes: file.bytes, sha256: file.sha256 },
    heads,
    own: { origin, registers },
    normalisation: normalisationOf(metadata, origin),
    defaults: defaultsOf(metadata, origin, patch),
    licence: metadata.licence ?? metadata.license ?? UNSTATED_LICENCE,
    source: file.name,
  };
}
