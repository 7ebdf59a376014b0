import { access, constants, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { failure } from '../errors.ts';
import { followedIn, makeFolder, writeWhole, writing } from '../write.ts';

/** File in an incomplete folder, with the digest of the clip's segmentation. */
export const MARK = 'unfinished';

const Record = v.object({
  digest: v.string(),
  frames: v.array(v.unknown()),
  objects: v.array(v.unknown()),
  seconds: v.number(),
});

/** The content of a complete folder, by its run.json. */
export interface Held {
  digest: string;
  frames: number;
  objects: number;
  seconds: number;
}

/** The content of a folder's run.json; null where it is not one of this program's. */
async function heldIn(folder: string): Promise<Held | null> {
  try {
    const record = v.parse(Record, JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')));
    return { ...record, frames: record.frames.length, objects: record.objects.length };
  } catch {
    return null;
  }
}

/** A clip's folder below `out`: under another name until it is complete. */
export interface ClipFolder {
  whole: string;
  part: string;
}

export const clipFolder = (out: string, name: string): ClipFolder => ({
  whole: join(out, name),
  part: join(out, `${name}.part`),
});

/** A clip that was already done with this digest; null: none. A folder that lacks only its final name gets it. */
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
 * Makes the folder that a clip is written into, and returns the files of an earlier run with the same digest in it.
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

/** Gives a folder that has all its files its final name. Throws `cli/cannot-write`, `many/in-the-way`. */
export async function finishPart({ whole, part }: ClipFolder): Promise<void> {
  await replaceable(whole);
  await writing(whole, async () => {
    await rm(followedIn(part), { force: true });
    await rm(join(part, MARK), { force: true });
    await rm(whole, { recursive: true, force: true });
    await rename(part, whole);
  });
}

/** Removes an unfinished folder, its mark last, so that it is still recognised if this is cut short. */
export async function removePart({ part }: ClipFolder): Promise<void> {
  await writing(part, async () => {
    const names = await readdir(part).catch(() => []);
    for (const name of names) if (name !== MARK) await rm(join(part, name), { recursive: true, force: true });
    await rm(part, { recursive: true, force: true });
  });
}

/**
 * Prepares the folder of a single clip, which may contain other files too, and returns those that an earlier run with the
 * same digest wrote into it. Throws `cli/cannot-write`.
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
  // There may be files of a run with another digest.
  const since = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0),
  );
  return new Set(names.filter((_, i) => (since[i] ?? 0) > began));
}

/** Whether an earlier run of a single clip with the same digest was cut short in the folder. */
export const isBegun = async (folder: string, digest: string): Promise<boolean> =>
  (await readFile(join(folder, MARK), 'utf8').catch(() => null)) === digest;

/** The run.json of a single clip that is complete with this digest; null where it is not. */
export async function wholeAlone(folder: string, digest: string): Promise<string | null> {
  const names: string[] = await readdir(folder).catch(() => []);
  const whole = !names.includes(MARK) && (await heldIn(folder))?.digest === digest;
  return whole ? readFile(join(folder, 'run.json'), 'utf8') : null;
}

/** Removes the mark of an unfinished run, and its journal. */
export async function closeAlone(folder: string): Promise<void> {
  await writing(folder, async () => {
    for (const path of [followedIn(folder), join(folder, MARK)]) await rm(path, { force: true });
  });
}

/** Only an empty folder and one with this program's run.json are replaced: the frames themselves may be there. */
async function replaceable(whole: string): Promise<void> {
  const names = await readdir(whole).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw failure('many/in-the-way', { path: whole }, { cause: thrown });
  });
  if (names.some((name) => name !== `${MARK}.part`) && !(await heldIn(whole)))
    throw failure('many/in-the-way', { path: whole });
}

/** Bytes of files. Throws `cli/no-input` where one is missing or may not be read. */
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
