import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { csvLine } from '../../src/lib/csv.ts';
import { failure } from '../errors.ts';
import { table } from '../table.ts';
import { writeWhole } from '../write.ts';
import { type Shard, shardOf } from './shard.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const Row = v.object({
  /** The clip's name, and that of its folder. */
  clip: v.string(),
  path: v.string(),
  /** Frames that have masks, and objects; null where it is not done. */
  frames: v.nullable(count),
  objects: v.nullable(count),
  seconds: v.nullable(v.pipe(v.number(), v.minValue(0))),
  error: v.nullable(v.object({ code: v.string(), what: v.string(), todo: v.string() })),
});

const Index = v.object({
  /** Its part of the list; null: the whole list. */
  shard: v.nullable(v.object({ index: count, of: count })),
  /** Names of all clips of the whole list, so that what is missing can be reported. */
  names: v.array(v.string()),
  /** The clips of this part that were tried so far, done or failed. */
  clips: v.array(Row),
});

/** A clip that was done, or why not. */
export type Row = v.InferOutput<typeof Row>;
export type Index = v.InferOutput<typeof Index>;

const baseName = (shard: Shard | null) => (shard ? `index-${shard.index}-of-${shard.of}` : 'index');

/** Writes an index as JSON and CSV into a folder. Throws `cli/cannot-write`. */
export async function writeIndex(folder: string, index: Index): Promise<void> {
  const base = join(folder, baseName(index.shard));
  await writeWhole(`${base}.json`, `${JSON.stringify(index, null, 1)}\n`);
  await writeWhole(`${base}.csv`, csvOf(index.clips));
}

/** One line per clip, RFC 4180. */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ clip, path, frames, objects, seconds, error }) =>
    csvLine([
      clip,
      path,
      frames ?? '',
      objects ?? '',
      seconds === null ? '' : Number(seconds.toFixed(3)),
      error ? `${error.what} [${error.code}]` : '',
    ]),
  );
  return [csvLine(['clip', 'path', 'frames', 'objects', 'seconds', 'error']), ...lines]
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The table that a user reads at the end. */
export function tableOf(rows: readonly Row[]): string {
  return table(
    ['clip', 'frames', 'objects', 'seconds', 'error'],
    rows.map(({ clip, frames, objects, seconds, error }) => [
      clip,
      frames === null ? '–' : `${frames}`,
      objects === null ? '–' : `${objects}`,
      seconds === null ? '–' : seconds.toFixed(1),
      error?.code ?? '',
    ]),
  );
}

/** The indexes of the parts in a folder; of the whole list where there are no parts. Throws `many/no-index`, `many/bad-index`. */
export async function readIndexes(folder: string): Promise<Index[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw failure('cli/no-input', { path: folder }, { cause });
  });
  const parts = names.filter((name) => /^index-\d+-of-\d+\.json$/.test(name)).sort();
  const found = parts.length > 0 ? parts : names.filter((name) => name === 'index.json');
  if (found.length === 0) throw failure('many/no-index', { folder });
  return Promise.all(found.map((name) => readIndex(join(folder, name))));
}

async function readIndex(path: string): Promise<Index> {
  try {
    return v.parse(Index, JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw failure('many/bad-index', { path, detail }, { cause });
  }
}

/** Joined indexes. */
export interface Merged {
  index: Index;
  /** Clips of the lists that are in no index yet, each with its part where there are parts. */
  missing: { clip: string; shard: Shard | null }[];
  /** Parts that have no index at all. */
  absent: Shard[];
}

/** Joins indexes, in the lists' order. Of a clip in several of them, a row that is done is preferred. */
export function mergeIndexes(indexes: readonly Index[]): Merged {
  const names = [...new Set(indexes.flatMap((index) => index.names))];
  const rows = new Map<string, Row>();
  for (const row of indexes.flatMap(({ clips }) => clips)) {
    const key = `${row.clip}\0${row.path}`;
    if (rows.get(key)?.error !== null) rows.set(key, row);
  }
  const place = new Map(names.map((name, i) => [name, i]));
  const placeOf = ({ clip }: Row) => place.get(clip) ?? names.length;
  const clips = [...rows.values()].sort((a, b) => placeOf(a) - placeOf(b));

  const seen = new Set(clips.map(({ clip }) => clip));
  const of = indexes.find(({ shard }) => shard)?.shard?.of ?? null;
  const missing = names
    .filter((name) => !seen.has(name))
    .map((clip) => ({ clip, shard: of === null ? null : { index: shardOf(clip, of), of } }));
  const here = new Set(indexes.map(({ shard }) => shard?.index));
  const absent = Array.from({ length: of ?? 0 }, (_, i) => ({ index: i + 1, of: of ?? 0 })).filter(
    ({ index }) => !here.has(index),
  );
  return { index: { shard: null, names, clips }, missing, absent };
}
