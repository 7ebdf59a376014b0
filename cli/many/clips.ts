import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isLitter, isVideoName, mayBeAnimated, natural } from '../../src/engine/video/names.ts';
import type { UnpromptedError } from '../../src/lib/failure.ts';
import { failure } from '../errors.ts';
import { PICTURE } from '../inputs.ts';
import { MARK } from './folder.ts';

/** Pictures that may be animated are clips too: frames are JPEG and PNG here. */
const isClipName = (name: string) => isVideoName(name) || mayBeAnimated(name);

/** A clip to be segmented, and the name of its folder. `refused`: why it cannot be. */
export interface Clip {
  name: string;
  path: string;
  refused: UnpromptedError | null;
}

/** A line of a list: a clip, and its name where the line gives one. */
interface Line {
  path: string;
  name: string | null;
}

/**
 * The lines of a list: a path, and after a tab the clip's name if it differs from its file's. Relative paths are below
 * `folder`; empty lines are skipped.
 */
export function linesOf(text: string, folder: string): Line[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [path = '', name = ''] = line.split('\t');
      const whole = isAbsolute(path) ? path : join(folder, path);
      return { path: whole, name: name.trim() === '' ? null : name.trim() };
    });
}

/** Reads a list. Throws `cli/no-input`. */
async function readList(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw failure('cli/no-input', { path }, { cause });
  });
  return linesOf(text, dirname(resolve(path)));
}

/** Whether what was typed is one clip: a file, or a folder of frames. Throws `cli/no-input`, `cli/no-frames`. */
export async function isOneClip(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found && isDynamicPattern(path)) return false;
  if (!found) throw failure('cli/no-input', { path });
  if (!found.isDirectory()) return true;
  const clips = await clipsIn(path);
  if (clips.length === 0) throw failure('cli/no-frames', { path });
  return clips[0] === path;
}

/**
 * The clips of paths, folders, patterns and a list, in that order. Missing or unreadable ones, and those with the name of an
 * earlier one, are among them as refused. Throws `cli/no-input` where the list cannot be read, `many/no-clips`.
 */
export async function findClips(typed: readonly string[], list: string | undefined): Promise<Clip[]> {
  const found: Clip[] = [];
  const add = (path: string, name: string | null, refused: UnpromptedError | null = null) =>
    found.push({ path, name: name ?? nameOf(path), refused });

  for (const path of typed) {
    const paths = await expand(path);
    if (paths instanceof Error) add(path, null, paths);
    else for (const each of paths) add(each, null);
  }
  for (const { path, name } of list === undefined ? [] : await readList(list)) {
    const there = await stat(path).catch(() => null);
    add(path, name, there ? null : failure('cli/no-input', { path }));
  }
  if (found.length === 0)
    throw failure('many/no-clips', { where: [...typed, ...(list ? [list] : [])].join(', ') });
  return named(found);
}

/** The clips of a path or pattern, or why there is none. */
async function expand(path: string): Promise<string[] | UnpromptedError> {
  const found = await stat(path).catch(() => null);
  if (found && !found.isDirectory()) return [path];
  if (found) {
    const inside = await clipsIn(path).catch(() => null);
    if (inside === null) return failure('cli/no-input', { path });
    return inside.length > 0 ? inside : failure('many/no-clips', { where: path });
  }
  if (!isDynamicPattern(path)) return failure('cli/no-input', { path });
  const matches = await glob(path, {
    onlyFiles: false,
    expandDirectories: false,
    absolute: isAbsolute(path),
  });
  const clips = await Promise.all(
    matches.sort(natural).map(async (match) => {
      const plain = match.replace(/\/$/, '');
      const there = await stat(plain).catch(() => null);
      // A clip that cannot be read is reported in its turn.
      return there?.isDirectory() ? clipsIn(plain).catch(() => [plain]) : [plain];
    }),
  );
  return clips.flat().length > 0 ? clips.flat() : failure('many/no-clips', { where: path });
}

const isVideo = (entry: Dirent) => !entry.isDirectory() && isClipName(entry.name) && !isLitter(entry.name);
const isPicture = (entry: Dirent) =>
  !entry.isDirectory() && PICTURE.test(entry.name) && !isLitter(entry.name);

/** Whether a folder holds one clip's frames. Masks of this program do not count: they may be among the clips. */
const isFrames = (entries: readonly Dirent[]) =>
  entries.some(isPicture) &&
  !entries.some(isVideo) &&
  !entries.some(({ name }) => name === 'run.json' || name === MARK);

/** The content of a folder; nothing where it cannot be read. */
const entriesIn = (folder: string) => readdir(folder, { withFileTypes: true }).catch(() => []);

/** A folder's clips, in natural order: itself where it holds frames and no video, else its videos and folders of frames. */
async function clipsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (isFrames(entries)) return [folder];
  const clips = await Promise.all(
    entries.map(async (entry) => {
      if (isVideo(entry)) return [entry.name];
      const mayBeFolder = entry.isDirectory() || entry.isSymbolicLink();
      const inside = mayBeFolder && !isLitter(entry.name) ? await entriesIn(join(folder, entry.name)) : [];
      return isFrames(inside) ? [entry.name] : [];
    }),
  );
  return clips
    .flat()
    .sort(natural)
    .map((name) => join(folder, name));
}

/** A video's name without its ending; a folder's as it is. */
function nameOf(path: string): string {
  const plain = resolve(path);
  return isClipName(plain) || PICTURE.test(plain) ? parse(plain).name : basename(plain);
}

/** Refuses names that no folder can have, and those of earlier clips, ignoring case as some disks do. */
function named(clips: readonly Clip[]): Clip[] {
  const taken = new Map<string, string>();
  return clips.map((clip) => {
    const { path, name } = clip;
    if (clip.refused) return clip;
    if (!isFolderName(name)) return { ...clip, refused: failure('many/bad-name', { path, name }) };
    const key = name.normalize('NFC').toLowerCase();
    const other = taken.get(key);
    if (other !== undefined) return { ...clip, refused: failure('many/same-name', { path, name, other }) };
    taken.set(key, path);
    return clip;
  });
}

/** Whether a clip's folder can have this name, on any system and beside the index and unfinished folders. */
export function isFolderName(name: string): boolean {
  const own = /^index[^/]*\.(json|csv)$|\.part$/i;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name must not contain them.
  const unfit = /[/\\\u0000-\u001f]|^\.{1,2}$|^\s*$/;
  return !own.test(name) && !unfit.test(name) && Buffer.byteLength(name) <= 200;
}
