import type { MemoryTracker } from '../memory.ts';
import type { Rows, Sweep, SweepOptions } from '../types.ts';
import { Means, type RowFactory, WasmRows } from './rows.ts';

/** Rows tried as pivots together at first: fewer leave the matrix product's tiles half empty. */
const FIRST_BATCH = 32;
const MAX_BATCH = 512;
/** Pivots of small batches are joined up to this many, so that the rows to come meet them in few products. */
const MERGED_PIVOTS = 256;

/** What a sweep asks of its backend. */
export interface SweepBackend extends RowFactory {
  distances(a: WasmRows, b: WasmRows): Promise<Float32Array>;
  gather(rows: WasmRows, indices: readonly number[]): Promise<WasmRows>;
  concat(parts: readonly WasmRows[]): Promise<WasmRows>;
}

/**
 * One sweep of Algorithm 1 with distances from its pivots only. In order, each row joins the earliest pivot nearer
 * than τ or becomes one; so once rows have met all pivots found so far, the next few unassigned rows alone decide
 * which of them are pivots, and only those have to meet the rest.
 */
export class WasmSweep implements Sweep {
  pairs = 0;
  private pivots: WasmRows[] = [];
  private readonly members: Means;
  private found = 0;

  constructor(
    width: number,
    private readonly options: SweepOptions,
    private readonly backend: SweepBackend,
  ) {
    this.members = new Means(width, 0, backend);
  }

  get clusters(): number {
    return this.found;
  }

  async add(rows: WasmRows): Promise<Int32Array> {
    const labels = new Int32Array(rows.count).fill(-1);
    const unassigned = new Unassigned(rows, this.backend.tracker);
    try {
      let first = 0;
      for (const pivots of this.pivots) {
        await this.join(unassigned, pivots, first, labels);
        first += pivots.count;
      }
      for (let batch = FIRST_BATCH; unassigned.count > 0; ) {
        const first = this.found;
        const pivots = await this.findPivots(unassigned, batch, labels);
        await this.join(unassigned, pivots, first, labels);
        if (2 * pivots.count > batch) batch = Math.min(MAX_BATCH, 2 * batch);
      }
    } finally {
      unassigned.release();
    }
    await this.mergePivots();
    this.members.grow(this.found);
    await this.members.add(rows, labels);
    return labels;
  }

  async centroids(): Promise<Rows> {
    return (await this.members.means(this.found)).rows;
  }

  release(): void {
    for (const pivots of this.pivots) pivots.release();
    this.members.release();
  }

  /** Takes the next unassigned rows out: those near an earlier one of them join it, the others become pivots. */
  private async findPivots(unassigned: Unassigned, batch: number, labels: Int32Array): Promise<WasmRows> {
    const count = Math.min(batch, unassigned.count);
    const rows = unassigned.view(count);
    const d = await this.backend.distances(rows, rows);
    this.pairs += (count * (count - 1)) / 2;
    const pivots: number[] = [];
    for (let i = 0; i < count; i++) {
      let place = pivots.findIndex((pivot) => this.near(d[pivot * count + i]!));
      if (place < 0) place = pivots.push(i) - 1;
      labels[unassigned.tokens[i]!] = this.found + place;
    }
    const kept = await this.backend.gather(rows, pivots);
    this.pivots.push(kept);
    this.found += kept.count;
    unassigned.drop(count);
    return kept;
  }

  /** Unassigned rows join the earliest of `pivots` that is near them; the pivots' clusters count from `first`. */
  private async join(
    unassigned: Unassigned,
    pivots: WasmRows,
    first: number,
    labels: Int32Array,
  ): Promise<void> {
    if (unassigned.count === 0) return;
    const d = await this.backend.distances(unassigned.view(unassigned.count), pivots);
    this.pairs += d.length;
    unassigned.keep((i) => {
      for (let j = 0; j < pivots.count; j++) {
        if (!this.near(d[i * pivots.count + j]!)) continue;
        labels[unassigned.tokens[i]!] = first + j;
        return false;
      }
      return true;
    });
  }

  private async mergePivots(): Promise<void> {
    const merged: WasmRows[] = [];
    let part: WasmRows[] = [];
    let size = 0;
    const close = async () => {
      if (part.length === 0) return;
      merged.push(part.length > 1 ? await this.backend.concat(part) : part[0]!);
      if (part.length > 1) for (const pivots of part) pivots.release();
      [part, size] = [[], 0];
    };
    for (const pivots of this.pivots) {
      if (size + pivots.count > MERGED_PIVOTS) await close();
      part.push(pivots);
      size += pivots.count;
    }
    await close();
    this.pivots = merged;
  }

  private near(d: number): boolean {
    return this.options.inclusive ? d <= this.options.tau : d < this.options.tau;
  }
}

/** The rows of one call that no pivot has taken yet, in order. Copied together once some in between are gone. */
class Unassigned {
  count: number;
  /** Place of each in the call's rows. */
  tokens: Int32Array;
  private own: WasmRows | null = null;
  /** Row of `own`, or else of `all`, with which they begin. */
  private first = 0;

  constructor(
    private readonly all: WasmRows,
    private readonly tracker: MemoryTracker,
  ) {
    this.count = all.count;
    this.tokens = Int32Array.from({ length: all.count }, (_, i) => i);
  }

  /** The first `count` of them; good until the next `keep`. */
  view(count: number): WasmRows {
    return (this.own ?? this.all).slice(this.first, this.first + count);
  }

  /** Takes the first `count` out. */
  drop(count: number): void {
    this.first += count;
    this.count -= count;
    this.tokens = this.tokens.subarray(count);
  }

  keep(stays: (i: number) => boolean): void {
    const staying: number[] = [];
    for (let i = 0; i < this.count; i++) if (stays(i)) staying.push(i);
    if (staying.length === this.count) return;
    const { width } = this.all;
    const from = this.own ?? this.all;
    const to = this.own ?? this.room(staying.length);
    for (const [i, j] of staying.entries()) {
      const row = this.first + j;
      this.tokens[i] = this.tokens[j]!;
      to.p.set(from.p.subarray(row * width, (row + 1) * width), i * width);
      to.l.set(from.l.subarray(row * width, (row + 1) * width), i * width);
      to.h[i] = from.h[row]!;
    }
    this.own = to;
    this.first = 0;
    this.count = staying.length;
  }

  release(): void {
    this.own?.release();
  }

  private room(count: number): WasmRows {
    const { width, metric } = this.all;
    const values = {
      p: new Float32Array(count * width),
      l: new Float32Array(count * width),
      h: new Float32Array(count),
    };
    return new WasmRows(count, width, metric, values, this.tracker);
  }
}
