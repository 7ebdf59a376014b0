import type { Cells } from '../../lib/size.ts';
import { serial } from '../../lib/task.ts';
import type { Grid } from '../backend/types.ts';
import { CANDIDATES, type FrameRecord, type Keeper, type Records, SOURCE, type Source } from './records.ts';

/** A file that is appended to. */
export interface JournalFile {
  /** Its content, piece by piece; nothing where it is new. */
  read(): AsyncIterable<Uint8Array>;
  /** Writes bytes at a place and cuts the file off behind them. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Resolves when all is written. */
  written(): Promise<void>;
  close(): Promise<void>;
}

/** What records were made with. They are valid only where all of it is the same. */
export interface Basis {
  /** Of the settings that records depend on. */
  key: string;
  /** Digest of the leaves. */
  mark: string;
  /** How many leaves there are. */
  leaves: number;
  grid: Grid;
  /** The grid of m. */
  cells: Cells;
}

/** Version of this file format. */
const FORMAT = 1;
/** An entry: length of its content and its kind, 32 bits each, then its content. Numbers are little-endian. */
const PREFIX = 8;
const KIND = { basis: 0, frame: 1, reopened: 2, grown: 3, lost: 4 } as const;
/** Bytes of an entry, at most: a longer one is damaged. */
const LONGEST = 2 ** 26;

interface Entry {
  kind: number;
  content: Uint8Array<ArrayBuffer>;
  /** Where it ends in the file. */
  end: number;
}

/**
 * The followed frames of a clip, written one by one: a run that was cut short at any moment can be continued, in a later
 * session too, with the same masks. Until `grown`, records name leaves that were found in the samples. A later run takes over
 * only the entries before `grown`, as it finds newcomers and instances again; the masks of a stored result are made from all.
 */
export class Journal implements Keeper {
  private end = 0;
  private broken = false;
  /** One reader at a time: reading may shorten the file. */
  private readonly turns = serial();

  constructor(private readonly file: JournalFile) {}

  /** Whether writing failed: nothing was written since. */
  get failed(): boolean {
    return this.broken;
  }

  /** Fills empty records with the frames that were followed on the same basis, and appends to them; otherwise starts afresh. */
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
   * Records as they were at this number of leaves; null where the journal does not have them.
   * @param fits whether the journal's basis is the wanted one
   * @param open makes empty records
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
        // What cannot be read counts as absent.
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
      // The run goes on, unkept.
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

/** The complete entries: the last one may have been cut short. */
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

/** Applies an entry to records; false where it is invalid. */
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
