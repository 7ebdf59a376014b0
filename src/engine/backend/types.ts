import type { Cells } from '../../lib/size.ts';

/** Tokens of a clip: frames × rows × columns, frame-major. */
export interface Grid extends Cells {
  frames: number;
}

/** Number of tokens of a clip. */
export function tokensOf({ frames, rows, columns }: Grid): number {
  return frames * rows * columns;
}

/** What attention (Eq. 1) is computed from. */
export interface AttentionInput {
  grid: Grid;
  heads: number;
  /** Channels of one head. */
  channels: number;
  /** Queries and keys of the frames [first, first + count): [count·n, heads·channels], head-major in a token. */
  read(which: 'q' | 'k', firstFrame: number, count: number): Promise<Float32Array>;
  /** Frames whose tokens are the keys (T' of App. A), ascending. */
  keyFrames: readonly number[];
  /** Multiplies q·kᵀ/√channels, one per head. */
  temperature: readonly number[];
}

/** Positions of a row of A'v: T'n, the tokens of all key frames. */
export function widthOf({ grid, keyFrames }: Pick<AttentionInput, 'grid' | 'keyFrames'>): number {
  return keyFrames.length * grid.rows * grid.columns;
}

/**
 * What D is between two rows (Table 4): symmetric KL of attention maps (Eq. 2), or 1 − cosine of features.
 * Both are Σ(P_i − P_j)(L_i − L_j) = h_i + h_j − P_i·L_jᵀ − L_i·P_jᵀ: for 'kl' L = log P and h = Σ P·L; for 'cosine' P is the unit
 * feature, L = P / 2 and h = 1/2.
 */
export type RowMetric = 'kl' | 'cosine';

/**
 * Distributions held by a backend: `count` rows of A'v or centroids, each over `width` = T'n positions.
 * A backend keeps P, log P and Σ P log P of each as suits it. Release when done.
 */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly metric: RowMetric;
  release(): void;
}

/** What one sweep of Algorithm 1 found, and how much of D it asked for. */
export interface Sweep {
  /**
   * Passes further rows through the sweep, in order. A row goes to the earliest pivot nearer than τ;
   * a row near none becomes a pivot. This is the sequential sweep of Algorithm 1, identical to it
   * however the rows are split into calls. Returns each row's cluster; numbers go on over calls.
   */
  add(rows: Rows): Promise<Int32Array>;
  readonly clusters: number;
  /** Entries of D computed so far; D(i, j) and D(j, i) are one. */
  readonly pairs: number;
  /** Means of each cluster's members (P averaged, then logs). The caller releases them. */
  centroids(): Promise<Rows>;
  release(): void;
}

export interface SweepOptions {
  tau: number;
  /** Released code: D ≤ τ. Paper: D < τ. */
  inclusive: boolean;
}

/** One way to compute the method's heavy steps. `plain` is the reference twin that tests compare with. */
export interface Backend {
  readonly kind: 'plain' | 'wasm' | 'webgpu';
  /** Takes the keys of the key frames and gets ready for rows. */
  attend(input: AttentionInput, signal?: AbortSignal): Promise<Attention>;
  /** Rows given as values, [count, width]: distributions ('kl') or features of any length ('cosine'). */
  load(values: Float32Array, width: number, metric: RowMetric): Promise<Rows>;
  /** `width`: positions of a row. */
  sweep(width: number, options: SweepOptions): Sweep;
  /** Symmetric KL (Eq. 2) of every a to every b, [a.count, b.count], row-major. */
  distances(a: Rows, b: Rows): Promise<Float32Array>;
  /** Eq. 3: index of the nearest centroid of every row (lowest index on a tie); with `soft` also all D [rows, K]. */
  nearest(
    rows: Rows,
    centroids: Rows,
    soft?: boolean,
  ): Promise<{ labels: Int32Array; distances?: Float32Array }>;
  /** Released code's first step: each row replaced by the renormalised sum of all rows of the window with D ≤ τ. */
  smooth(rows: Rows, tau: number): Promise<Rows>;
  /** Means of the rows that share a label in 0..clusters-1, for K-means; of a label with no row the mean says nothing. */
  accumulator(width: number, clusters: number): Accumulator;
  /** Copies chosen rows. */
  gather(rows: Rows, indices: readonly number[]): Promise<Rows>;
  /** Σ_j P_j·v_j of every row, [count]: `values` [width] seen through the rows, each a distribution. */
  expectation(rows: Rows, values: Float32Array): Promise<Float32Array>;
  /**
   * Distributions with more entries behind their own, [count, width + columns]: D of two extended rows is D of the rows
   * plus Σ(a − b)(log a − log b) of what was added, the divergence of a product of distributions.
   * @param values [count, columns], not negative
   */
  extend(rows: Rows, values: Float32Array): Promise<Rows>;
  /** Joins rows in order. */
  concat(parts: readonly Rows[]): Promise<Rows>;
  /** P of every row, [count, width]: for tests, maps and exports. */
  read(rows: Rows): Promise<Float32Array>;
  /** Bytes now held, and the most held since `restartPeak`, by this backend's own accounting. */
  readonly memory: { held: number; peak: number };
  restartPeak(): void;
  /**
   * The same backend for work that goes on beside other work: a device that reports errors late reports them to the
   * lane that caused them. Rows of one lane can be used in another.
   */
  lane(): Backend;
  release(): Promise<void>;
}

export interface Accumulator {
  add(rows: Rows, labels: Int32Array): Promise<void>;
  means(): Promise<{ rows: Rows; counts: Int32Array }>;
  release(): void;
}

/** Rows of A'v on demand: never held whole. */
export interface Attention {
  readonly tokens: number;
  readonly width: number;
  /** Bytes that one row holds until it is released. */
  readonly rowBytes: number;
  /** Rows of the tokens [first, first + count) (Eq. 1: head mean of softmax). The caller releases them. */
  rows(first: number, count: number): Promise<Rows>;
  /**
   * Rows of tokens that the input does not hold, by the same keys: queries [count, heads·channels], or what `load` takes
   * where rows are stored.
   */
  rowsOf(queries: Float32Array): Promise<Rows>;
  /**
   * Where there is a shorter way than over rows that are held: D of such rows to fixed ones, and values seen through them
   * (`distancesOf` and `expectationOf` of passing.ts, which take the way that there is).
   */
  distancesOf?(queries: Float32Array, fixed: Rows, behind: Float32Array): Promise<Float32Array>;
  expectationOf?(queries: Float32Array, values: Float32Array): Promise<Float32Array>;
  release(): void;
}

/** One hierarchy of Algorithm 1. */
export interface Level {
  clusters: number;
  /** Level 0: cluster of every token. Later: cluster of every cluster of the level before. */
  parent: Int32Array;
}

export interface Clustering {
  /** Cluster of every token, 0..clusters-1, by Eq. 3. */
  labels: Int32Array;
  clusters: number;
  levels: Level[];
  /**
   * D of every token to every final centroid, [tokens, clusters]: masks are made from it.
   * Null where that would not fit the memory budget (thousands of clusters): masks then follow the labels.
   */
  distances: Float32Array | null;
  /**
   * Distances that the sweeps computed, against all i < j of the sets that they swept.
   * Eq. 3 (tokens × clusters, needed either way) is in neither.
   */
  pairs: { computed: number; all: number; share: number };
}
