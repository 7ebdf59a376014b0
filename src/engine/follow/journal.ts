import { serial } from '../../lib/task.ts';
import type { Cells } from '../../lib/size.ts';
import type { Grid } from '../backend/types.ts';
import { CANDIDATES, type FrameRecord, type Keeper, type Records, SOURCE, type Source } from './records.ts';

/** A file that is written behind what is in it. */
export interface JournalFile {
  /** What is in it, piece by piece; nothing where it is new. */
  read(): AsyncIterable<Uint8Array>;
  /** Puts bytes in a place; what lay from there on is gone. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Resolves when all that was handed over is written. */
  written(): Promise<void>;
  close(): Promise<void>;
}

/** What records were made with: only where all of it is the same they are of use. */
export interface Basis {
  /** Of the settings that they depend on. */
  key: string;
  /** Digest of the leaves. */
  mark: string;
  /** How many of these there are. */
  leaves: number;
  grid: Grid;
  /** The grid of m. */
  cells: Cells;
}

/** Number of the form that is described here. */
const FORMAT = 1;
/** An entry: bytes of its content, its kind, both in 32 bits; its content. Numbers are little-endian. */
const PREFIX = 8;
const KIND = { basis: 0, frame: 1, reopened: 2, grown: 3, lost: 4 } as const;
/** No entry is as long: what claims to be is damaged. */
const LONGEST = 2 ** 26;

interface Entry {
  kind: number;
  content: Uint8Array<ArrayBuffer>;
  /** Where it ends in the file. */
  end: number;
}

/**
 * What was followed in a clip, written frame by frame as it comes: a run that was cut short at any moment is gone on with, in a
 * later session too, and its masks are those that they were. Records name the leaves that were found in the samples until
 * more are there (`grown`): what lies before that is what a later run takes over, which finds newcomers and instances again;
 * all of it is what a result's masks are made from.
 */
export class Journal implements Keeper {
  private end = 0;
  private broken = false;
  /** Nothing is read while somebody else reads: that may shorten the file. */
  private readonly turns = serial();

  constructor(private readonly file: JournalFile) {}

  /** Whether something could not be written: nothing has been since. */
  get failed(): boolean {
    return this.broken;
  }

  /** Takes frames over into empty records where they were followed on the same basis, and goes on behind them; else it begins anew. */
  takeOver(basis: Basis, records: Records): Promise<void> {
    return this.turns(async () => {
      this.broken = false;
      this.end = 0;
      const head = encoded(basis);
      try {
        for await (const entry of entriesOf(this.file.read())) {
          const fits = this.end === 0 ? isHead(entry, head) : takeInto(records, entry, basis.leaves);
          if (!fits) break;
          this.end = entry.end;
        }
      } catch {
        // What cannot be read is followed again.
      }
      if (this.end === 0) this.append(KIND.basis, head);
    });
  }

  /**
   * Records as they were when there were so many leaves; null where the journal does not have them.
   * @param fits whether it is of what is looked for
   * @param open makes records that are empty
   */
  recall(
    fits: (basis: Basis) => boolean,
    leaves: number,
    open: (basis: Basis) => Promise<Records>,
  ): Promise<Records | null> {
    return this.turns(async () => {
      let records: Records | null = null;
      let now = 0;
      try {
        for await (const entry of entriesOf(this.file.read())) {
          if (!records) {
            const basis = entry.kind === KIND.basis ? decoded(entry.content) : null;
            if (!basis || !fits(basis)) return null;
            now = basis.leaves;
            records = await open(basis);
          } else if (entry.kind === KIND.grown) {
            const more = numbersOf(entry.content)[0]!;
            if (more > leaves) break;
            now = more;
          } else if (!takeInto(records, entry, now)) break;
        }
        if (records && now === leaves) return records;
      } catch {
        // What cannot be read is not there.
      }
      await records?.release();
      return null;
    });
  }

  frame(place: number, record: FrameRecord, source: Source, outliers = new Int32Array(0)): void {
    const { leaves, weights, motion } = record;
    const numbers = Uint32Array.of(place, source, outliers.length);
    this.append(KIND.frame, numbers, outliers, leaves, weights, motion);
  }

  reopened(place: number): void {
    this.append(KIND.reopened, Uint32Array.of(place));
  }

  lost(place: number): void {
    this.append(KIND.lost, Uint32Array.of(place));
  }

  grown(leaves: number): void {
    this.append(KIND.grown, Uint32Array.of(leaves));
  }

  written(): Promise<void> {
    return this.file.written();
  }

  close(): Promise<void> {
    this.broken = true;
    return this.turns(() => this.file.close());
  }

  private append(kind: number, ...parts: readonly ArrayBufferView[]): void {
    if (this.broken) return;
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const bytes = new Uint8Array(PREFIX + length);
    bytes.set(new Uint8Array(Uint32Array.of(length, kind).buffer));
    let at = PREFIX;
    for (const { buffer, byteOffset, byteLength } of parts) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    try {
      this.file.write(this.end, bytes);
      this.end += bytes.length;
    } catch {
      // The run is worth more than what is kept of it.
      this.broken = true;
    }
  }
}

const encoded = (basis: Basis): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...basis }));

function decoded(content: Uint8Array): Basis | null {
  const { format, ...basis } = JSON.parse(new TextDecoder().decode(content)) as Basis & { format: number };
  return format === FORMAT ? basis : null;
}

const isHead = ({ kind, content }: Entry, head: Uint8Array): boolean =>
  kind === KIND.basis && content.length === head.length && content.every((byte, i) => byte === head[i]);

const numbersOf = (content: Uint8Array<ArrayBuffer>): Uint32Array =>
  new Uint32Array(content.buffer, 0, Math.floor(content.length / 4));

/** Entries that are whole: the last one may have been cut short. */
async function* entriesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  let rest = new Uint8Array(0);
  let before = 0;
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (bytes.length - at >= PREFIX) {
      const length = view.getUint32(at, true);
      if (length > LONGEST) return;
      const end = at + PREFIX + length;
      if (end > bytes.length) break;
      yield {
        kind: view.getUint32(at + 4, true),
        content: bytes.slice(at + PREFIX, end),
        end: before + end,
      };
      at = end;
    }
    before += at;
    rest = bytes.subarray(at);
  }
}

/** Does to records what an entry says; false where it says nothing that could be done. */
function takeInto(records: Records, { kind, content }: Entry, leaves: number): boolean {
  const { grid, cells } = records;
  const place = numbersOf(content)[0];
  if (place === undefined || place >= grid.frames) return false;
  if (kind === KIND.reopened) {
    records.reopen(place);
    return true;
  }
  if (kind === KIND.lost) {
    records.lose(place);
    return true;
  }
  if (kind !== KIND.frame) return false;
  const [, source, count] = numbersOf(content);
  if (source !== SOURCE.analysed && source !== SOURCE.propagated && source !== SOURCE.preview) return false;
  const candidates = grid.rows * grid.columns * CANDIDATES;
  const afterOutliers = 12 + 4 * count!;
  const afterLeaves = afterOutliers + 2 * candidates;
  const afterWeights = afterLeaves + candidates;
  const motion = content.length - afterWeights;
  if (motion !== 0 && motion !== cells.rows * cells.columns) return false;
  const record: FrameRecord = {
    leaves: new Uint16Array(content.buffer, afterOutliers, candidates),
    weights: content.subarray(afterLeaves, afterWeights),
    motion: content.subarray(afterWeights),
  };
  if (record.leaves.some((leaf) => leaf >= leaves)) return false;
  if (count === 0) records.outliers.delete(place);
  else records.outliers.set(place, new Int32Array(content.buffer, 12, count).slice());
  records.set(place, record, source);
  return true;
}
