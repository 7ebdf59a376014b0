import type { Attention, Backend, Clustering, Grid } from '../backend/types.ts';
import { cluster } from '../cluster/algorithm1.ts';
import type { ClusterSummary } from '../cluster/background.ts';
import { summariseClusters } from '../cluster/background.ts';
import { partsOfTokens } from '../cluster/parts.ts';
import type { LeafLevel } from '../cluster/types.ts';
import type { Fusion } from '../model/fusion.ts';
import type { BackboneOutput } from '../model/graphs/backbone.ts';
import type { Backbone, Correlator, Model } from '../model/types.ts';
import type { Metric, RunSettings } from '../settings/run.ts';
import { perHead } from '../settings/settings.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import { TokenStore } from '../tokens/store.ts';
import { storedRows } from '../tokens/stored.ts';
import { decodableFrames } from '../video/lost.ts';
import { pixelsOf } from '../video/preprocess.ts';
import type { Clip } from '../video/types.ts';
import { failure } from './errors.ts';

/** What tokens come from. */
export interface Source {
  clip: Clip;
  model: Model;
  backbone: Backbone;
  correlator: Correlator;
}

/** Where rows are computed. */
export interface RowBackend {
  backend: Backend;
  /** Bytes that rows of A'v may take at a time. */
  rowBudget: number;
}

/**
 * The tokens of a run's frames: all that the steps after the backbone need. The store keeps q and k for `Av`, and one
 * row per token otherwise: its per-frame map (`A`), its feature (`F`), or the correlator's output for it (`Fv`).
 */
export interface Tokens {
  metric: Metric;
  frames: Int32Array;
  /**
   * Frames that cannot be decoded, as far as that is known: they have no tokens, and the store goes on with the next. Null
   * where every frame has to have tokens.
   */
  lost: Set<number> | null;
  grid: Grid;
  heads: number;
  store: TokenStore;
}

export interface Segmentation {
  clustering: Clustering;
  /** Part of every token (see RunResult). */
  parts: Int32Array | null;
  clusters: ClusterSummary[];
  /** Used to preview other values of τ. The caller releases its centroids. Null after K-means. */
  first: LeafLevel | null;
}

type Report = (done: number, total: number) => void;

/** The backbone's output for each of Table 4's metrics. */
export const OUTPUT_FOR: Record<Metric, BackboneOutput> = { Av: 'k', Fv: 'k', A: 'attention', F: 'normed' };

/** The tokens of these frames, none computed yet. Throws `run/no-frames`. @param lost as in `Tokens` */
export function startTokens(
  { clip, model, backbone, correlator }: Source,
  frames: Int32Array,
  metric: Metric,
  lost: Tokens['lost'] = null,
): Tokens {
  if (frames.length === 0) throw failure('run/no-frames', { frames: clip.info.frameCount });
  const { rows, columns } = backbone;
  const grid = { frames: frames.length, rows, columns };
  const shared = metric !== 'Av' || !model.correlator;
  const store = new TokenStore(grid, metric === 'A' ? rows * columns : model.architecture.dim, shared);
  return { metric, frames, lost, grid, heads: correlator.heads, store };
}

/** The tokens that there are, once they have been computed: those of frames that can be decoded. */
export function withoutLost(tokens: Tokens): Tokens {
  const frames = decodable(tokens);
  return { ...tokens, frames, grid: { ...tokens.grid, frames: frames.length } };
}

const decodable = ({ frames, lost }: Pick<Tokens, 'frames' | 'lost'>): Int32Array =>
  frames.filter((frame) => !lost?.has(frame));

/**
 * Frames → tokens → q, k (Eq. 1's projections), or the rows of another metric; nothing else is kept. Continues
 * after the frames that the tokens' store already has.
 *
 * @param pause awaited between two batches, so that what a user waits for goes first
 * @throws `video/…` where a frame cannot be decoded that has to have tokens, or none can be
 */
export async function computeTokens(
  { clip, model, backbone, correlator }: Source,
  tokens: Tokens,
  { height, width }: Pick<RunSettings, 'height' | 'width'>,
  report: Report,
  signal: AbortSignal,
  pause?: () => Promise<void>,
): Promise<void> {
  const { metric, lost, store } = tokens;
  let done = store.written;
  const left = [...decodable(tokens).subarray(done)];
  if (left.length === 0) return;
  const { rows, columns, batch } = backbone;
  const n = rows * columns;
  const { heads } = model.architecture;
  const frameSize = 3 * height * width;
  const pixels = new Float32Array(batch * frameSize);
  let waiting = 0;

  const flush = async () => {
    const outputs = await backbone.run(pixels.subarray(0, waiting * frameSize), waiting);
    const values = outputs[OUTPUT_FOR[metric]]!;
    if (metric === 'Av') {
      const frameOf = Int32Array.from({ length: waiting * n }, (_, token) => done + Math.floor(token / n));
      const { q, k } = await correlator.project(values, waiting * n, frameOf);
      await store.write(done, q, k);
    } else {
      const own = metric === 'A' ? patchMaps(values, waiting, heads, n) : values;
      await store.write(done, own, own);
    }
    done += waiting;
    waiting = 0;
    report(done, decodable(tokens).length);
  };

  const frames = lost ? decodableFrames(clip, left, lost, signal) : clip.frames(left, signal);
  for await (const frame of frames) {
    try {
      pixelsOf(frame, height, width, model.entry.normalisation, pixels, waiting * frameSize);
    } finally {
      frame.close();
    }
    waiting++;
    if (waiting === batch) {
      await flush();
      await pause?.();
    }
    signal.throwIfAborted();
  }
  if (waiting > 0) await flush();
}

/**
 * The paper's A of every patch (Sec. 3.1): head mean, without the class and register tokens, made a distribution
 * again. maps [frames, heads, N, N] in, [frames, n, n] out; the patches are the last n of the N tokens.
 */
export function patchMaps(maps: Float32Array, frames: number, heads: number, n: number): Float32Array {
  const all = Math.round(Math.sqrt(maps.length / (frames * heads)));
  const skipped = all - n;
  const out = new Float32Array(frames * n * n);
  for (let frame = 0; frame < frames; frame++) {
    for (let i = 0; i < n; i++) {
      const row = out.subarray((frame * n + i) * n, (frame * n + i + 1) * n);
      for (let head = 0; head < heads; head++) {
        const from = ((frame * heads + head) * all + skipped + i) * all + skipped;
        for (let j = 0; j < n; j++) row[j]! += maps[from + j]!;
      }
      const sum = row.reduce((total, p) => total + p, 0);
      for (let j = 0; j < n; j++) row[j]! /= sum;
    }
  }
  return out;
}

/** Features → F_v (Eq. 1): every frame's tokens through the correlator's block, attending to the key frames'. */
export async function fuseTokens(
  tokens: Tokens,
  fusion: Fusion,
  ratio: number,
  signal: AbortSignal,
): Promise<Tokens> {
  const { grid, store } = tokens;
  const frameValues = grid.rows * grid.columns * store.dim;
  const chosen = keyFrames(grid.frames, ratio);
  const keys = new Float32Array(chosen.length * frameValues);
  for (const [i, frame] of chosen.entries()) keys.set(await store.read('k', frame, 1), i * frameValues);
  const fused = new TokenStore(grid, store.dim, true);
  for (let frame = 0; frame < grid.frames; frame++) {
    signal.throwIfAborted();
    const values = await fusion.fuse(await store.read('k', frame, 1), keys);
    await fused.write(frame, values, values);
  }
  return { ...tokens, store: fused };
}

/** The rows that are clustered, on demand: A'v from q and k (Eq. 1), or what the store has kept. */
export async function attend(
  backend: Backend,
  tokens: Tokens,
  settings: Pick<RunSettings, 'ratio' | 'temperature'>,
  signal?: AbortSignal,
  keys: readonly number[] = keyFrames(tokens.grid.frames, settings.ratio),
): Promise<Attention> {
  const { metric, grid, heads, store } = tokens;
  if (metric !== 'Av') return storedRows(backend, store, grid, metric === 'A' ? 'kl' : 'cosine');
  return backend.attend(
    {
      grid,
      heads,
      channels: store.dim / heads,
      read: (which, first, count) => store.read(which, first, count),
      keyFrames: keys,
      temperature: perHead(settings.temperature, heads),
    },
    signal,
  );
}

/** Rows → D (Eq. 2) → Algorithm 1 → Z (Eq. 3), and what each cluster looks like. */
export async function segmentTokens(
  { backend, rowBudget }: RowBackend,
  tokens: Tokens,
  settings: RunSettings,
  report: Report,
  signal: AbortSignal,
): Promise<Segmentation> {
  const rows = await attend(backend, tokens, settings, signal);
  const found: { first: LeafLevel | null } = { first: null };
  const onFirst = (first: LeafLevel) => {
    found.first = first;
  };
  try {
    const control = { budget: rowBudget, onProgress: report, signal, onFirst };
    const clustering = await cluster(backend, rows, tokens.grid, settings, control);
    const { first } = found;
    const parts = first && (await partsOfTokens(backend, first, clustering));
    return { clustering, parts, clusters: summariseClusters(clustering, tokens.grid), first };
  } catch (thrown) {
    found.first?.centroids.release();
    throw thrown;
  } finally {
    rows.release();
  }
}
