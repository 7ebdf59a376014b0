import { keyFrames } from './attention/keyframes.ts';
import { TokenStore } from './attention/store.ts';
import { summariseClusters } from './cluster/foreground.ts';
import { cluster } from './cluster/hierarchy.ts';
import type { Attention, Clustering, Compute, Grid } from './cluster/types.ts';
import { failure } from './errors.ts';
import type { Backbone, Correlator, Model } from './model/types.ts';
import type { ClusterSummary, RunSettings } from './run.ts';
import { perHead } from './settings.ts';
import { pixelsOf } from './video/preprocess.ts';
import type { Clip } from './video/types.ts';

/** What tokens come from. */
export interface Source {
  clip: Clip;
  model: Model;
  backbone: Backbone;
  correlator: Correlator;
}

/** Where rows are computed. */
export interface Bench {
  compute: Compute;
  /** Bytes that rows of A'v may take at a time. */
  rowBudget: number;
}

/** The tokens of a run's frames: all that the steps after the correlator need. */
export interface Tokens {
  frames: Int32Array;
  grid: Grid;
  heads: number;
  store: TokenStore;
}

export interface Segmentation {
  clustering: Clustering;
  clusters: ClusterSummary[];
}

type Report = (done: number, total: number) => void;

/** Frames → tokens → q, k (Eq. 1's projections), a batch of frames at a time; nothing but q and k is kept. */
export async function computeTokens(
  { clip, model, backbone, correlator }: Source,
  frames: Int32Array,
  settings: RunSettings,
  report: Report,
  signal: AbortSignal,
): Promise<Tokens> {
  if (frames.length === 0) throw failure('run/no-frames', { frames: clip.info.frameCount });
  const { height, width } = settings;
  const { rows, columns, batch } = backbone;
  const grid = { frames: frames.length, rows, columns };
  const frameSize = 3 * height * width;
  const store = new TokenStore(grid, model.architecture.dim, !model.correlator);
  const pixels = new Float32Array(batch * frameSize);
  let waiting = 0;
  let done = 0;

  const flush = async () => {
    const { k: features } = await backbone.run(pixels.subarray(0, waiting * frameSize), waiting);
    const n = rows * columns;
    const frameOf = Int32Array.from({ length: waiting * n }, (_, token) => done + Math.floor(token / n));
    const { q, k } = await correlator.project(features!, waiting * n, frameOf);
    await store.write(done, q, k);
    done += waiting;
    waiting = 0;
    report(done, frames.length);
  };

  for await (const frame of clip.frames([...frames], signal)) {
    try {
      pixelsOf(frame, height, width, model.entry.normalisation, pixels, waiting * frameSize);
    } finally {
      frame.close();
    }
    waiting++;
    if (waiting === batch) await flush();
    signal.throwIfAborted();
  }
  if (waiting > 0) await flush();
  return { frames, grid, heads: correlator.heads, store };
}

/** q, k → A'v (Eq. 1), on demand. */
export function attend(
  compute: Compute,
  tokens: Tokens,
  settings: RunSettings,
  signal?: AbortSignal,
): Promise<Attention> {
  const { grid, heads, store } = tokens;
  return compute.attend(
    {
      grid,
      heads,
      channels: store.dim / heads,
      read: (which, first, count) => store.read(which, first, count),
      keyFrames: keyFrames(grid.frames, settings.ratio),
      temperature: perHead(settings.temperature, heads),
    },
    signal,
  );
}

/** A'v → D (Eq. 2) → Algorithm 1 → Z (Eq. 3), and what each cluster looks like. */
export async function segmentTokens(
  { compute, rowBudget }: Bench,
  tokens: Tokens,
  settings: RunSettings,
  report: Report,
  signal: AbortSignal,
): Promise<Segmentation> {
  const attention = await attend(compute, tokens, settings, signal);
  try {
    const control = { budget: rowBudget, onProgress: report, signal };
    const clustering = await cluster(compute, attention, tokens.grid, settings, control);
    return { clustering, clusters: summariseClusters(clustering, tokens.grid) };
  } finally {
    attention.release();
  }
}
