import type { Normalisation } from '../video/types.ts';

/** A dense tensor of weights as read from a file; always float32 in memory. */
export interface Tensor {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by timm's (= DINO's) parameter names: `patch_embed.proj.weight`, `blocks.0.attn.qkv.bias`, `norm.weight`, … */
export type Weights = ReadonlyMap<string, Tensor>;

/** What a Vision Transformer is, read from its tensors. */
export interface Architecture {
  patch: number;
  dim: number;
  depth: number;
  heads: number;
  /** Width of the MLP's hidden layer. */
  hidden: number;
  /** Register tokens after the class token (DINOv2 with registers: 4). */
  registers: number;
  layerScale: boolean;
  /** Grid of the learned position embedding, [rows, columns]. */
  positionGrid: readonly [number, number];
  /** Whether the position embedding has an entry for the class token. */
  classPosition: boolean;
  /** Layer-norm epsilon. */
  epsilon: number;
}

/** The correlator's architecture: one pre-norm block, qkv without bias. */
export interface CorrelatorArchitecture {
  dim: number;
  heads: number;
  hidden: number;
  epsilon: number;
  /** Frames that the learned temporal position embedding has; 0: none. */
  temporalPositions: number;
}

/** What a model wants to be run with; the page's sliders start here. */
export interface ModelDefaults {
  height: number;
  width: number;
  tau: number;
  /** Range of the τ slider. */
  tauRange: readonly [number, number];
  /** τ for single-object mode (one foreground). */
  tauSingle: number;
  /** Multiplies the attention logits, on top of 1/√c; 1 is the paper's. One number, or one per head. */
  temperature: number | readonly number[];
}

/** A file of weights. Relative URLs are below the manifest's own folder. */
export interface ModelFile {
  url: string;
  /** 0 where only the host knows. */
  bytes: number;
  /** Hexadecimal SHA-256 of the whole file; absent where only the host's own header has it. */
  sha256?: string;
}

/** The net that sees motion, as the manifest describes it. It comes with the page; its architecture is fixed. */
export interface MotionEntry {
  id: string;
  name: string;
  parameters: number;
  file: ModelFile;
  licence: string;
  /** Where it comes from: an address, or a card beside the manifest. */
  source: string;
}

/** What the paper's Table 8 says of its system on this backbone, in percent. */
export interface PaperFigures {
  ytvisFgAri: number;
  ytvisMiou: number;
  davisJf: number;
  davisFgAri: number;
}

/** What this project measured with a model. */
export interface MeasuredFigure {
  /** Of what, on what: a phrase for the picker. */
  measure: string;
  percent: number;
}

/** What a file of weights is, as far as its tensors say: it decides how its pixels and its τ start. */
export type Origin = 'self-supervised' | 'classifier' | 'authors';

/** One entry of public/models/manifest.json, or a file that a user added. */
export interface ModelEntry {
  id: string;
  name: string;
  /** One sentence for the picker. */
  summary: string;
  embedded: boolean;
  /** Pixels of a patch's side. */
  patch: number;
  /** Channels of a token, and blocks: what a run costs follows from them before the weights are here. */
  dim: number;
  depth: number;
  parameters: number;
  /** Weights of the backbone. */
  file: ModelFile;
  /** Weights of a trained correlator; absent: the untrained start. */
  correlator?: ModelFile;
  /** With a trained correlator: id of the entry with the same backbone and none, whose τ suits the untrained start. */
  untrained?: string;
  heads?: number;
  /** Only where it is the paper's backbone, with the paper's trained correlator. */
  paper?: PaperFigures;
  measured?: MeasuredFigure;
  /** Of a file that a user added: what its summary says besides the figures above. */
  own?: { origin: Origin; registers: number };
  normalisation: Normalisation;
  defaults: ModelDefaults;
  licence: string;
  /** Where it comes from, for the credits. */
  source: string;
}
