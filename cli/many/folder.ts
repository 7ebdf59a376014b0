import { access, constants, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { failure } from '../errors.ts';
import { followedIn, makeFolder, writeWhole, writing } from '../write.ts';

/** Stands in a folder that is not whole: the digest of what it is to hold. */
export const MARK = 'unfinished';

const Record = v.object({
  digest: v.string(),
  frames: v.array(v.unknown()),
  objects: v.array(v.unknown()),
  seconds: v.number(),
});

/** What a whole folder holds, by its run.json. */
export interface Held {
  digest: string;
  frames: number;
  objects: number;
  seconds: number;
}

/** What run.json says in a folder; null where it is not one of this program's. */
async function heldIn(folder: string): Promise<Held | null> {
  try {
    const record = v.parse(Record, JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')));
    return { ...record, frames: record.frames.length, objects: record.objects.length };
  } catch {
    return null;
  }
}

/** A clip's folder below `out`: under a name of its own until it is whole. */
export interface ClipFolder {
  whole: string;
  part: string;
}

export const clipFolder = (out: string, name: string): ClipFolder => ({
  whole: join(out, name),
  part: join(out, `${name}.part`),
});

/** What is done of a clip already, made as `digest` says; null: nothing. A part that lacks only its name gets it. */
export async function findWhole(folder: ClipFolder, digest: string): Promise<Held | null> {
  const part = await heldIn(folder.part);
  if (part?.digest === digest) {
    await finishPart(folder);
    return part;
  }
  const held = await heldIn(folder.whole);
  return held?.digest === digest ? held : null;
}

/**
 * Makes the folder that a clip is written into, and returns the files that are in it already, of an earlier run to the same end.
 * Throws `cli/cannot-write`, `many/in-the-way`.
 */
export async function openPart(folder: ClipFolder, digest: string): Promise<ReadonlySet<string>> {
  await replaceable(folder.whole);
  const mark = await readFile(join(folder.part, MARK), 'utf8').catch(() => null);
  if (mark === null) await replaceable(folder.part);
  if (mark !== digest) await removePart(folder);
  await makeFolder(folder.part);
  if (mark !== digest) await writeWhole(join(folder.part, MARK), digest);
  return new Set(await readdir(folder.part));
}

/** Puts a part that has all its files in the whole one's place. Throws `cli/cannot-write`, `many/in-the-way`. */
export async function finishPart({ whole, part }: ClipFolder): Promise<void> {
  await replaceable(whole);
  await writing(whole, async () => {
    await rm(followedIn(part), { force: true });
    await rm(join(part, MARK), { force: true });
    await rm(whole, { recursive: true, force: true });
    await rename(part, whole);
  });
}

/** Takes an unfinished folder away, its mark last: where that is cut short, it is still known for what it is. */
export async function removePart({ part }: ClipFolder): Promise<void> {
  await writing(part, async () => {
    const names = await readdir(part).catch(() => []);
    for (const name of names) if (name !== MARK) await rm(join(part, name), { recursive: true, force: true });
    await rm(part, { recursive: true, force: true });
  });
}

/**
 * Readies the folder of a clip that is alone, which may hold other things too, and returns the files that an earlier run to the
 * same end has written into it since it began. Throws `cli/cannot-write`.
 */
export async function openAlone(folder: string, digest: string): Promise<ReadonlySet<string>> {
  const path = join(folder, MARK);
  const mark = await readFile(path, 'utf8').catch(() => null);
  if (mark !== digest) {
    await writing(folder, () => rm(followedIn(folder), { force: true }));
    await writeWhole(path, digest);
    return new Set();
  }
  const began = (await stat(path)).mtimeMs;
  const names = await readdir(folder);
  // Files of a run to another end may lie there since before.
  const since = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0),
  );
  return new Set(names.filter((_, i) => (since[i] ?? 0) > began));
}

/** Whether an earlier run to the same end was cut short in a folder of a clip that is alone. */
export const isBegun = async (folder: string, digest: string): Promise<boolean> =>
  (await readFile(join(folder, MARK), 'utf8').catch(() => null)) === digest;

/** What run.json says of a clip that is alone and whole, made as `digest` says; null: there is something to do. */
export async function wholeAlone(folder: string, digest: string): Promise<string | null> {
  const names: string[] = await readdir(folder).catch(() => []);
  const whole = !names.includes(MARK) && (await heldIn(folder))?.digest === digest;
  return whole ? readFile(join(folder, 'run.json'), 'utf8') : null;
}

/** Says that nothing is left to continue. */
export async function closeAlone(folder: string): Promise<void> {
  await writing(folder, async () => {
    for (const path of [followedIn(folder), join(folder, MARK)]) await rm(path, { force: true });
  });
}

/** Only an empty folder and one with this program's run.json are replaced: the frames themselves may lie there. */
async function replaceable(whole: string): Promise<void> {
  const names = await readdir(whole).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw failure('many/in-the-way', { path: whole }, { cause: thrown });
  });
  if (names.some((name) => name !== `${MARK}.part`) && !(await heldIn(whole)))
    throw failure('many/in-the-way', { path: whole });
}

/** Bytes of files. Throws `cli/no-input` where one is not there or may not be read. */
export async function sizesOf(files: readonly string[]): Promise<number[]> {
  return Promise.all(
    files.map(async (path) => {
      try {
        await access(path, constants.R_OK);
        return (await stat(path)).size;
      } catch (cause) {
        throw failure('cli/no-input', { path }, { cause });
      }
    }),
  );
}
