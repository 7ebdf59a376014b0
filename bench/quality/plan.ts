/** What is measured: data sets, models and the settings of every row of the tables. */
import type { Metric } from '../../src/engine/settings/run.ts';
import { folderName, type Variant } from '../../src/evaluate/variants.ts';
import type { ProtocolName } from '../../src/metrics/protocols.ts';

export interface BenchDataset {
  id: string;
  name: string;
  /** Relative to the repository; null: made by `synth`. */
  folder: string | null;
  protocols: ProtocolName[];
  /** Every so many frames are run and scored. */
  stride: number;
  /** Whether its truth is one foreground, so that a model's τ for one object is its default. */
  single: boolean;
}

export const DATASETS: readonly BenchDataset[] = [
  {
    id: 'davis-2017',
    name: 'DAVIS-2017: dogs-jump, schoolgirls',
    folder: '../shared/data/davis-2017',
    protocols: ['davis-2017-unsupervised', 'authors', 'video'],
    stride: 8,
    single: false,
  },
  {
    id: 'scenes',
    name: '20 synthetic scenes',
    folder: null,
    protocols: ['video'],
    stride: 6,
    single: false,
  },
  {
    id: 'davis-2016',
    name: 'DAVIS-2016: eight sequences',
    folder: '../shared/data/davis-2016',
    protocols: ['best-cluster', 'single'],
    stride: 10,
    single: true,
  },
];

/** `asked`: as `--model` takes it; a path is relative to the repository. */
export const MODELS = [
  { id: 'ba-tiny-v0', name: 'BA-Tiny', asked: 'ba-tiny-v0' },
  { id: 'ba-tiny-v1', name: 'BA-Tiny, trained', asked: 'ba-tiny-v1' },
  {
    id: 'vit-ti-16',
    name: 'ViT-Ti/16, supervised',
    asked: '../shared/models/vit_tiny_patch16_224/model.safetensors',
  },
] as const;

/** How `synth` makes the scenes. */
export const SCENES = { scenes: '20', seed: '1', size: '160x240' };

export const RATIOS = [0.1, 0.2, 0.5, 1];
/** τ of A_v as multiples of the model's default. */
const TAU_FACTORS = [0.5, 0.7, 1, 1.4, 2];
/** Candidates for the metrics that have no default: symmetric KL of A, 1 − cosine of F and F_v. */
const TAUS = { A: [0.1, 0.25, 0.5, 1, 2], F: [0.1, 0.2, 0.35, 0.55] };
/** K of Table 4. */
const K = 8;

/** One row's settings. */
export interface Point {
  metric: Metric;
  /** Null: K-means. */
  tau: number | null;
  ratio: number;
}

/** Those of one metric follow each other, so that its tokens are computed once a sequence. */
export function pointsOf(tau: number, hasCorrelator: boolean): Point[] {
  const taus = TAU_FACTORS.map((factor) => Number((tau * factor).toFixed(3)));
  const swept = (metric: Metric, candidates: readonly number[]) =>
    candidates.map((each): Point => ({ metric, tau: each, ratio: RATIOS[0]! }));
  return [
    ...swept('Av', taus),
    { metric: 'Av', tau: null, ratio: RATIOS[0]! },
    ...RATIOS.slice(1).map((ratio): Point => ({ metric: 'Av', tau, ratio })),
    ...swept('A', TAUS.A),
    ...swept('F', TAUS.F),
    ...(hasCorrelator ? swept('Fv', TAUS.F) : []),
  ];
}

/** The point as settings of `eval`. */
export function variantOf({ metric, tau, ratio }: Point, model: string): Variant {
  const values = {
    model,
    stride: '1',
    metric,
    ratio: String(ratio),
    ...(tau === null ? { clustering: 'kmeans', k: String(K) } : { tau: String(tau) }),
  };
  const reported = { metric, ratio, ...(tau === null ? { k: K } : { tau }) };
  const name = Object.entries(reported)
    .map((pair) => pair.join('='))
    .join(' ');
  return { name, folder: folderName(name), values };
}
