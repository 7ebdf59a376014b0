import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { isLitter, natural } from '../src/engine/video/names.ts';
import { failure } from './errors.ts';

/** Frames of a folder. */
export const PICTURE = /\.(jpe?g|png)$/i;

/**
 * The files of a clip: the file itself, or a folder's JPEG and PNG frames in natural order (2.jpg before 10.jpg).
 * Throws `cli/no-input`, `cli/no-frames`.
 */
export async function clipFiles(path: string): Promise<string[]> {
  const unread = (cause: unknown) => {
    throw failure('cli/no-input', { path }, { cause });
  };
  const found = await stat(path).catch(unread);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path).catch(unread))
    .filter((name) => PICTURE.test(name) && !isLitter(name))
    .sort(natural);
  if (names.length === 0) throw failure('cli/no-frames', { path });
  return names.map((name) => join(path, name));
}

/**
 * The mask file of every frame of a clip: for a folder the frame's own name, so that masks and frames pair up; for
 * a video, and where two frames share a name but for the ending, its number in five digits.
 */
export function maskNames(files: readonly string[], frameCount: number): string[] {
  const stems = files.map((file) => parse(file).name);
  const own = files.length === frameCount && files.length > 1 && new Set(stems).size === stems.length;
  return Array.from({ length: frameCount }, (_, frame) =>
    own ? `${stems[frame]}.png` : `${String(frame).padStart(5, '0')}.png`,
  );
}
