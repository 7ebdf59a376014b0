import { yieldToEvents } from '../../lib/events.ts';
import type { Attention, Rows } from '../backend/types.ts';
import type { LeafLevel } from './types.ts';

/** A run of tokens whose rows are made together. */
export interface Chunk {
  first: number;
  count: number;
  /** Window of the leaf level that it belongs to. */
  window: number;
}

/** Budget, progress and cancellation of a long computation. */
export interface Control {
  /** Bytes that rows may take at a time. */
  budget: number;
  /** Rows done of rows to do: tokens times passes over them. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
  /** Awaited between two chunks: lets what a user waits for go first. */
  pause?: () => Promise<void>;
  /** Takes over the leaf level (not called for K-means), and has to release its centroids. */
  onFirst?: (first: LeafLevel) => void;
}

/** Rows of one chunk when the budget allows: enough to fill the processor, few enough to cancel soon. */
const CHUNK_ROWS = 1024;
/** Share of the budget that rows kept between the passes may take; the rest is for those being worked on. */
const KEEP_SHARE = 0.7;

/**
 * Windows of `windowRows` rows cut into chunks that fit the budget. `whole` windows are never cut: the released
 * procedure compares all rows of a window with each other.
 */
export function planChunks(
  { tokens, rowBytes }: Attention,
  windowRows: number,
  budget: number,
  whole: boolean,
): Chunk[] {
  const fitting = Math.floor(((1 - KEEP_SHARE) * budget) / (2 * rowBytes));
  const most = whole ? windowRows : Math.max(1, Math.min(CHUNK_ROWS, fitting, windowRows));
  const chunks: Chunk[] = [];
  for (let start = 0, window = 0; start < tokens; start += windowRows, window++) {
    const end = Math.min(tokens, start + windowRows);
    // Chunks of a window are about equal: a short last one would waste the processor.
    const size = Math.ceil((end - start) / Math.ceil((end - start) / most));
    for (let first = start; first < end; first += size)
      chunks.push({ first, count: Math.min(size, end - first), window });
  }
  return chunks;
}

/**
 * Passes over all rows of A'v, chunk by chunk. Where several are expected, as many rows as the budget allows are kept from the
 * first one on; the others are computed again in every pass.
 */
export class ChunkScan {
  private readonly kept = new Map<number, Rows>();
  private room: number;
  private done = 0;

  constructor(
    private readonly attention: Attention,
    readonly chunks: readonly Chunk[],
    private readonly control: Control,
    /** Passes that are expected, for the progress, and whether there is anything to keep rows for. */
    private expected: number,
  ) {
    this.room = expected > 1 ? KEEP_SHARE * control.budget : 0;
  }

  /** Shows every chunk to `visit`, in order; the rows are the pass's to release. Throws when the signal aborts. */
  async each(visit: (rows: Rows, chunk: Chunk) => Promise<void>): Promise<void> {
    for (const chunk of this.chunks) {
      await yieldToEvents(this.control.signal);
      await this.control.pause?.();
      const rows = this.kept.get(chunk.first) ?? (await this.make(chunk));
      try {
        await visit(rows, chunk);
      } finally {
        if (!this.kept.has(chunk.first)) rows.release();
      }
      this.done += chunk.count;
      this.report();
    }
  }

  /** Updates how many passes are still to come, once that is known better. */
  expect(remaining: number): void {
    this.expected = this.done / this.attention.tokens + remaining;
    this.report();
  }

  release(): void {
    for (const rows of this.kept.values()) rows.release();
    this.kept.clear();
  }

  private async make({ first, count }: Chunk): Promise<Rows> {
    const rows = await this.attention.rows(first, count);
    const bytes = count * this.attention.rowBytes;
    if (bytes <= this.room) {
      this.room -= bytes;
      this.kept.set(first, rows);
    }
    return rows;
  }

  private report(): void {
    this.control.onProgress?.(this.done, Math.max(this.done, this.expected * this.attention.tokens));
  }
}
