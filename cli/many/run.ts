import type { UnpromptedError } from '../../src/lib/failure.ts';
import { within } from '../../src/lib/task.ts';
import type { Io } from '../command.ts';
import { asFailure, failure } from '../errors.ts';
import { clipFiles } from '../inputs.ts';
import { duration } from '../progress.ts';
import type { Clip } from './clips.ts';
import {
  type ClipFolder,
  clipFolder,
  findWhole,
  finishPart,
  openPart,
  removePart,
  sizesOf,
} from './folder.ts';
import type { Index, Row } from './index-file.ts';

/** Segments one clip after another. */
export interface Worker {
  /** Writes a clip's files into `folder`, run.json last, except for existing ones. */
  segment(task: Task, io: Io): Promise<{ frames: number; objects: number; seconds: number }>;
  /** Restarts, in whatever state; a `segment` under way rejects. */
  renew(): Promise<void>;
}

export interface Task {
  name: string;
  files: string[];
  digest: string;
  /** The folder it is written into, and that folder's place once it is complete. */
  folder: string;
  place: string;
  /** Names of existing files in the folder. */
  there: ReadonlySet<string>;
}

export interface ManyOrder {
  clips: readonly Clip[];
  out: string;
  /** Digest of how a clip is segmented; `sizes`: bytes of its files. */
  digestOf(sizes: readonly number[]): string;
  failFast: boolean;
  /** Seconds that a clip may take; null: as long as it takes. */
  timeout: number | null;
  /** Called with all rows so far, for every new one. */
  onRows(rows: readonly Row[]): Promise<void>;
}

/** Errors after which the engine restarts before another clip. */
export const WORN: readonly string[] = [
  'many/timeout',
  'cli/browser-ended',
  'worker/lost',
  'internal/unexpected',
];
/** Errors after which the next try continues from the masks that are done. */
const WORTH_KEEPING = [...WORN, 'run/cancelled'];

/** Whether the next try can use the files written before this error. */
export const isWorthKeeping = (thrown: unknown) => WORTH_KEEPING.includes(asFailure(thrown).code);

/**
 * Segments many clips, each into a folder of its own that appears once it is complete. Clips that are done are left as they are;
 * those that fail are reported and skipped. Throws `run/cancelled`, and whatever keeps the engine from restarting.
 */
export async function segmentMany(order: ManyOrder, worker: Worker, io: Io): Promise<Index['clips']> {
  const { clips, failFast } = order;
  const rows = new Map<Clip, Row>();
  const keep = async (clip: Clip, row: Row) => {
    rows.set(clip, row);
    await order.onRows(clips.flatMap((each) => rows.get(each) ?? []));
  };
  const refuse = async (clip: Clip, thrown: unknown) => {
    const error = asFailure(thrown);
    printFailure(io, clip, error);
    await keep(clip, failedRow(clip, error));
  };

  const left: { clip: Clip; ready: Ready }[] = [];
  for (const [place, clip] of clips.entries()) {
    if (io.signal.aborted) throw failure('run/cancelled');
    io.progress(`looking at what is done: ${place + 1} of ${clips.length}`);
    try {
      const ready = await look(clip, order);
      if ('held' in ready) rows.set(clip, { ...rowOf(clip), ...ready.held });
      else left.push({ clip, ready });
    } catch (thrown) {
      await refuse(clip, thrown);
      if (failFast) return [...rows.values()];
    }
  }
  const done = rows.size;
  if (left.length < clips.length) await order.onRows(clips.flatMap((each) => rows.get(each) ?? []));

  const started = performance.now();
  for (const [place, { clip, ready }] of left.entries()) {
    const pace = (performance.now() - started) / 1000 / Math.max(1, place);
    const rest = place > 0 ? ` · ${duration(pace * (left.length - place))} left for all` : '';
    const lines = forClip(
      io,
      clip,
      (text) => `${done + place + 1} of ${clips.length} · ${clip.name}: ${text}${rest}`,
    );
    try {
      await keep(clip, { ...rowOf(clip), ...(await segmentOne(clip, ready, order, worker, lines)) });
    } catch (thrown) {
      const error = asFailure(thrown);
      if (error.code === 'run/cancelled') throw error;
      await refuse(clip, error);
      if (failFast) break;
      if (WORN.includes(error.code)) await worker.renew();
    }
  }
  return clips.flatMap((clip) => rows.get(clip) ?? []);
}

type Held = Pick<Row, 'frames' | 'objects' | 'seconds'>;

interface Ready {
  files: string[];
  digest: string;
  folder: ClipFolder;
}

/** A clip that is done, or the work left on it. */
async function look(clip: Clip, { out, digestOf }: ManyOrder): Promise<Ready | { held: Held }> {
  if (clip.refused) throw clip.refused;
  const files = await clipFiles(clip.path);
  const digest = digestOf(await sizesOf(files));
  const folder = clipFolder(out, clip.name);
  const found = await findWhole(folder, digest);
  if (!found) return { files, digest, folder };
  const { frames, objects, seconds } = found;
  return { held: { frames, objects, seconds } };
}

async function segmentOne(
  { name }: Clip,
  { files, digest, folder }: Ready,
  { timeout }: ManyOrder,
  worker: Worker,
  io: Io,
): Promise<Held> {
  const there = await openPart(folder, digest);
  try {
    const task = { name, files, digest, folder: folder.part, place: folder.whole, there };
    const held = await inTime(timeout, name, worker.segment(task, io));
    await finishPart(folder);
    return held;
  } catch (thrown) {
    // The rest of a failed clip would only take room from the others.
    if (!isWorthKeeping(thrown)) await removePart(folder).catch(() => {});
    throw thrown;
  }
}

/** Rejects with `many/timeout` where the work takes longer than the seconds that a clip may take. */
export async function inTime<T extends object>(
  seconds: number | null,
  name: string,
  work: Promise<T>,
): Promise<T> {
  if (seconds === null) return work;
  const done = await within(1000 * seconds, work);
  if (done === null) throw failure('many/timeout', { name, seconds });
  return done;
}

/** The same Io, with the clip's name in its lines. */
function forClip(io: Io, { name }: Clip, line: (text: string) => string): Io {
  return {
    ...io,
    note: (text) => io.note(`${name}: ${text}`),
    progress: (text) => io.progress(text === '' ? '' : line(text)),
  };
}

function printFailure(io: Io, { name }: Clip, { code, message, todo }: UnpromptedError): void {
  io.note(`${name}: ${message} ${todo} [${code}]`);
}

const rowOf = ({ name, path }: Clip): Row => ({
  clip: name,
  path,
  frames: null,
  objects: null,
  seconds: null,
  error: null,
});

const failedRow = (clip: Clip, { code, message, todo }: UnpromptedError): Row => ({
  ...rowOf(clip),
  error: { code, what: message, todo },
});
