import type { Cells } from '../../lib/size.ts';
import type { Grid } from '../backend/types.ts';
import type { Overflow } from '../tokens/overflow.ts';

/** Leaves kept of every token: the nearest ones. The weights of others are too small to be seen. */
export const CANDIDATES = 3;

/**
 * Where a frame's tokens come from: none yet, analysed by the model, propagated by motion from analysed frames, or from a
 * quick look, to be shown until the frame is followed.
 */
export const SOURCE = { pending: 0, analysed: 1, propagated: 2, preview: 3 } as const;
export type Source = (typeof SOURCE)[keyof typeof SOURCE];

/** Whether a frame's tokens are the run's own. */
export const isFollowed = (source: number): boolean =>
  source === SOURCE.analysed || source === SOURCE.propagated;

/**
 * A followed frame: how much each of its tokens belongs to the leaves of the hierarchy (Eq. 3, soft), and how likely it
 * moves by itself. Enough for masks at every τ.
 */
export interface FrameRecord {
  /** [tokens, CANDIDATES]: leaves, the heaviest first. */
  leaves: Uint16Array;
  /** [tokens, CANDIDATES]: their weights in 1/255, descending; they need not add up to one. */
  weights: Uint8Array;
  /** m in 1/255, on the cells of the motion net, which are finer than tokens; empty without motion. */
  motion: Uint8Array;
}

const bytesOf = ({ leaves, weights, motion }: FrameRecord): number =>
  leaves.byteLength + weights.byteLength + motion.byteLength;

/** The records of all frames, concatenated. */
export interface PackedRecords {
  /** The grid of m. */
  cells: Cells;
  leaves: Uint16Array;
  weights: Uint8Array;
  /** Empty without motion. */
  motion: Uint8Array;
}

/** Is notified of every change of records, to keep them elsewhere too. */
export interface Keeper {
  /** @param outliers see `Records.outliers` */
  frame(place: number, record: FrameRecord, source: Source, outliers?: Int32Array): void;
  /** A frame has to be followed again. */
  reopened(place: number): void;
  /** A frame will never have a record. */
  lost(place: number): void;
  /** Records name up to this many leaves from now on. */
  grown(leaves: number): void;
}

/** Memory for records before those of further frames go to disk: 6,000 frames of 1,152 tokens, at 15 kB each. */
export const MEMORY_BYTES = 96e6;

/** Bytes of a frame's record. */
export const recordBytes = (grid: Cells, cells: Cells): number =>
  3 * CANDIDATES * grid.rows * grid.columns + cells.rows * cells.columns;

/** Records of the frames of a clip: about 15 kB a frame of 1,152 tokens. Those beyond `memory` bytes are in a file. */
export class Records {
  /** Tokens near no leaf, by the place of their analysed frame; only of frames that have some. */
  readonly outliers = new Map<number, Int32Array>();
  keeper: Keeper | null = null;
  private readonly frames: (FrameRecord | 'overflow' | undefined)[];
  private inMemory = 0;
  private readonly sources: Uint8Array;

  constructor(
    readonly grid: Grid,
    /** Of m. */
    readonly cells: Cells,
    private readonly overflow: Overflow | null = null,
    private readonly memory = MEMORY_BYTES,
  ) {
    this.frames = new Array(grid.frames);
    this.sources = new Uint8Array(grid.frames);
  }

  /**
   * Record of the frame at a place, its own or a quick look's; undefined while it is pending, and where it is
   * lost.
   */
  get(frame: number): FrameRecord | undefined {
    const kept = this.frames[frame];
    return kept === 'overflow' ? this.read(frame) : kept;
  }

  /** Bytes held in memory. */
  get bytes(): number {
    return this.inMemory;
  }

  /** Deletes the file. */
  async release(): Promise<void> {
    await this.overflow?.close();
  }

  source(frame: number): Source {
    return this.sources[frame] as Source;
  }

  /** SOURCE of every frame. */
  allSources(): Uint8Array {
    return this.sources.slice();
  }

  set(frame: number, record: FrameRecord, source: Source): void {
    const before = this.frames[frame];
    const held = before !== undefined && before !== 'overflow' ? bytesOf(before) : 0;
    const bytes = this.inMemory - held + bytesOf(record);
    if (this.overflow && bytes > this.memory) {
      this.write(this.overflow, frame, record);
      this.frames[frame] = 'overflow';
      this.inMemory -= held;
    } else {
      this.frames[frame] = record;
      this.inMemory = bytes;
    }
    this.sources[frame] = source;
    this.keeper?.frame(frame, record, source, this.outliers.get(frame));
  }

  /** Marks a frame to be followed again; until then it is shown as it was. */
  reopen(frame: number): void {
    this.sources[frame] = SOURCE.preview;
    this.keeper?.reopened(frame);
  }

  /** Makes all frames pending, as their leaves are gone. The keeper is not notified. */
  clear(): void {
    this.keeper = null;
    this.frames.fill(undefined);
    this.inMemory = 0;
    this.sources.fill(SOURCE.pending);
    this.outliers.clear();
  }

  /** Marks a frame that cannot be decoded: it will have no record and no masks. */
  lose(frame: number): void {
    const before = this.frames[frame];
    if (before !== undefined && before !== 'overflow') this.inMemory -= bytesOf(before);
    this.frames[frame] = undefined;
    this.sources[frame] = SOURCE.propagated;
    this.keeper?.lost(frame);
  }

  isLost(frame: number): boolean {
    return this.frames[frame] === undefined && this.sources[frame] !== SOURCE.pending;
  }

  /** 16-bit numbers of a frame in the file: whether it has m, its leaves, then the bytes of weights and m in pairs. */
  private get size(): number {
    const { rows, columns } = this.grid;
    const bytes = rows * columns * CANDIDATES + this.cells.rows * this.cells.columns;
    return 1 + rows * columns * CANDIDATES + Math.ceil(bytes / 2);
  }

  private write(overflow: Overflow, frame: number, { leaves, weights, motion }: FrameRecord): void {
    const numbers = new Uint16Array(this.size);
    numbers[0] = Number(motion.length > 0);
    numbers.set(leaves, 1);
    const bytes = new Uint8Array(numbers.buffer, 2 + leaves.byteLength);
    bytes.set(weights);
    bytes.set(motion, weights.length);
    overflow.write(2 * this.size * frame, numbers);
  }

  private read(frame: number): FrameRecord {
    const numbers = this.overflow!.read(2 * this.size * frame, this.size);
    const count = this.grid.rows * this.grid.columns * CANDIDATES;
    const bytes = new Uint8Array(numbers.buffer, 2 + 2 * count);
    const cells = numbers[0] === 1 ? this.cells.rows * this.cells.columns : 0;
    return {
      leaves: numbers.subarray(1, 1 + count),
      weights: bytes.subarray(0, count),
      motion: bytes.subarray(count, count + cells),
    };
  }

  /** All records, concatenated for storage. No frame may be pending; a lost one has no weights. */
  pack(): PackedRecords {
    const n = this.grid.rows * this.grid.columns;
    const size = this.cells.rows * this.cells.columns;
    const packed: PackedRecords = {
      cells: this.cells,
      leaves: new Uint16Array(this.grid.frames * n * CANDIDATES),
      weights: new Uint8Array(this.grid.frames * n * CANDIDATES),
      motion: new Uint8Array(this.hasMotion ? this.grid.frames * size : 0),
    };
    for (let frame = 0; frame < this.grid.frames; frame++) {
      const record = this.get(frame);
      if (this.isLost(frame)) continue;
      if (!record) throw new RangeError(`Frame ${frame} is pending.`);
      packed.leaves.set(record.leaves, frame * n * CANDIDATES);
      packed.weights.set(record.weights, frame * n * CANDIDATES);
      if (packed.motion.length > 0) packed.motion.set(record.motion, frame * size);
    }
    return packed;
  }

  private get hasMotion(): boolean {
    const first = this.frames.findIndex((record) => record !== undefined);
    return (this.get(first)?.motion.length ?? 0) > 0;
  }

  /** Records from packed ones, as views of them. */
  static of(grid: Grid, { cells, leaves, weights, motion }: PackedRecords, sources: Uint8Array): Records {
    const records = new Records(grid, cells);
    const n = grid.rows * grid.columns * CANDIDATES;
    const size = motion.length / grid.frames;
    for (let frame = 0; frame < grid.frames; frame++) {
      const record = {
        leaves: leaves.subarray(frame * n, (frame + 1) * n),
        weights: weights.subarray(frame * n, (frame + 1) * n),
        motion: motion.subarray(frame * size, (frame + 1) * size),
      };
      const source = sources[frame] as Source;
      if (record.weights.some((weight) => weight > 0)) records.set(frame, record, source);
      else if (source !== SOURCE.pending) records.lose(frame);
    }
    return records;
  }

  /** How many frames have not been followed yet. */
  get unfollowed(): number {
    return this.sources.reduce((count, source) => count + Number(!isFollowed(source)), 0);
  }
}

/**
 * Cluster of every token of a frame: the one whose leaves weigh most together; on a tie, that of the heaviest leaf.
 *
 * @param clusterOf cluster of every leaf
 */
export function clustersOf({ leaves, weights }: FrameRecord, clusterOf: ArrayLike<number>): Int32Array {
  const tokens = leaves.length / CANDIDATES;
  const clusters = new Int32Array(tokens);
  for (let token = 0; token < tokens; token++) {
    const first = token * CANDIDATES;
    let best = clusterOf[leaves[first]!]!;
    let most = -1;
    for (let i = first; i < first + CANDIDATES; i++) {
      const cluster = clusterOf[leaves[i]!]!;
      let weight = 0;
      for (let j = first; j < first + CANDIDATES; j++)
        if (clusterOf[leaves[j]!] === cluster) weight += weights[j]!;
      if (weight > most) [most, best] = [weight, cluster];
    }
    clusters[token] = best;
  }
  return clusters;
}

/**
 * Leaf of every token of a frame: the heaviest one of its cluster, so that parts divide clusters (Fig. 5).
 */
export function partsOf(record: FrameRecord, clusterOf: ArrayLike<number>): Int32Array {
  const clusters = clustersOf(record, clusterOf);
  return clusters.map((cluster, token) => {
    const first = token * CANDIDATES;
    for (let i = first; i < first + CANDIDATES; i++)
      if (clusterOf[record.leaves[i]!] === cluster) return record.leaves[i]!;
    return record.leaves[first]!;
  });
}

/** How much every token of a frame belongs to each label, [labels] of [tokens], 0…1. Leaves with a negative label count for none. */
export function shares(
  { leaves, weights }: FrameRecord,
  labelOf: ArrayLike<number>,
  labels: number,
): Float32Array[] {
  const tokens = leaves.length / CANDIDATES;
  const planes = Array.from({ length: labels }, () => new Float32Array(tokens));
  for (let token = 0; token < tokens; token++) {
    const first = token * CANDIDATES;
    let sum = 0;
    for (let i = first; i < first + CANDIDATES; i++) sum += weights[i]!;
    for (let i = first; i < first + CANDIDATES; i++) {
      const label = labelOf[leaves[i]!]!;
      if (label >= 0 && weights[i]! > 0) planes[label]![token]! += weights[i]! / sum;
    }
  }
  return planes;
}
