import type { Cells } from '../../lib/size.ts';
import { expectationOf } from '../backend/passing.ts';
import type { Attention, Backend } from '../backend/types.ts';
import type { FollowPlan } from '../follow/plan.ts';
import { poolingAttention, poolingFrames, poolingGrid } from '../follow/pooling.ts';
import type { Evidence, Motion } from '../motion/evidence.ts';
import { percentile } from '../motion/features.ts';
import { blend, motionConfidence, tokenMeans } from '../motion/pool.ts';
import type { RunSettings } from '../settings/run.ts';
import { perHead } from '../settings/settings.ts';
import type { Tokens } from './pipeline.ts';

/** Least the pooled evidence is scaled by. */
const LEAST_SCALE = 0.05;
const SCALE_PERCENTILE = 0.98;

export interface TermContext {
  backend: Backend;
  /** Bytes that rows of A'v may take at a time. */
  rowBudget: number;
  plan: FollowPlan;
  settings: RunSettings;
  /** q and k of the samples. */
  tokens: Tokens;
  motion: Motion;
}

/** Evidence of every sample, in their order; null where a frame has no neighbour. Throws the signal's reason. */
export async function evidenceOfSamples(
  motion: Motion,
  plan: FollowPlan,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
  pause: () => Promise<void>,
): Promise<(Evidence | null)[]> {
  const all: (Evidence | null)[] = [];
  for (const sample of plan.samples) {
    signal.throwIfAborted();
    all.push(await motion.evidence(sample));
    report(all.length, plan.samples.length);
    await pause();
  }
  return all;
}

/** p of every token of the samples; 0 where a frame has no neighbour. */
function tokensOf(evidence: readonly (Evidence | null)[], motion: Motion, grid: Cells): Float32Array {
  const n = grid.rows * grid.columns;
  const all = new Float32Array(evidence.length * n);
  for (const [i, one] of evidence.entries()) if (one) all.set(tokenMeans(one.p, motion.cells, grid), i * n);
  return all;
}

/** How motion enters the rows of a clip. */
export interface MotionTerm {
  /** λ times the clip's confidence: 0 where nothing in it moves by itself. */
  lambda: number;
  confidence: number;
  /** Attention that gathers evidence, and p of its key tokens. */
  pool: Attention;
  keys: Float32Array;
  /** 98th percentile of the gathered evidence over the samples. */
  scale: number;
  /** Of the samples' tokens: gathered evidence, at most 1, and m. */
  pooled: Float32Array;
  m: Float32Array;
}

/**
 * Gathers the evidence of the samples by attention (docs/method.md): what is still in one sample gets its evidence from those
 * in which it moved.
 * @throws the signal's reason, and what backends throw
 */
export async function termOf(
  { backend, rowBudget, plan, settings, tokens, motion }: TermContext,
  evidence: readonly (Evidence | null)[],
  signal: AbortSignal,
): Promise<MotionTerm> {
  const { grid, heads, store } = tokens;
  const known = evidence.filter((one) => one !== null);
  const cells = motion.cells.rows * motion.cells.columns;
  const p = new Float32Array(known.length * cells);
  for (const [i, one] of known.entries()) p.set(one.p, i * cells);
  const residuals = known.map(({ residual }) => residual);
  const confidence = known.length > 0 ? motionConfidence(p, residuals, motion.size.width) : 0;
  const pool = await poolingAttention(
    backend,
    grid,
    { heads, channels: store.dim / heads },
    (place) => store.read('k', place, 1),
    perHead(settings.temperature, heads),
    signal,
  );
  try {
    const frames = poolingFrames(grid.frames);
    const keys = tokensOf(
      frames.map((place) => evidence[place]!),
      motion,
      poolingGrid(grid),
    );
    const n = grid.rows * grid.columns;
    const gathered = new Float32Array(plan.samples.length * n);
    for (let place = 0; confidence > 0 && place < plan.samples.length; place++) {
      signal.throwIfAborted();
      const queries = await store.read('q', place, 1);
      gathered.set(await expectationOf(backend, pool, { queries, count: n }, keys, rowBudget), place * n);
    }
    const scale = Math.max(LEAST_SCALE, percentile(gathered, SCALE_PERCENTILE));
    const pooled = gathered.map((mean) => Math.min(1, mean / scale));
    const m = blend(tokensOf(evidence, motion, grid), pooled);
    return { lambda: settings.motion * confidence, confidence, pool, keys, scale, pooled, m };
  } catch (thrown) {
    pool.release();
    throw thrown;
  }
}
