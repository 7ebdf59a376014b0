/** What files of annotations share. */
import type { ZipEntry } from '../../lib/zip.ts';
import type { ClipInfo } from '../video/types.ts';
import type { AnnotatedFrame } from './format.ts';
import type { ExportFrame } from './frames.ts';
import type { ExportObject, Selection } from './types.ts';

export const about = ({ name }: ClipInfo): string => `Objects found in ${name} by Unprompted`;

/**
 * The classes of a file: the user's own, whose places are the same in the files of every clip, then others in the order in
 * which objects first have them; and each object's place among them.
 */
export function classesOf({ objects, classes = [] }: Pick<Selection, 'objects' | 'classes'>) {
  const names = [...new Set([...classes, ...objects.map(({ category }) => category)])];
  return { names, classOf: ({ category }: ExportObject): number => names.indexOf(category) };
}

/** A text as an entry of a zip. */
export const textEntry = (name: string, text: string): ZipEntry => ({
  name,
  input: new TextEncoder().encode(text),
  deflate: true,
});

/**
 * Pictures of the frames, named by their number, and last a document that is written as they come: the zip of a format
 * that is one file otherwise.
 */
export async function* besidePictures(
  frames: AsyncIterable<AnnotatedFrame>,
  pictureName: (frame: number) => string,
  documentName: string,
  document: (frames: AsyncIterable<ExportFrame>) => AsyncIterable<string>,
): AsyncGenerator<ZipEntry, void, undefined> {
  const texts: string[] = [];
  const pictures: ZipEntry[] = [];
  async function* seen() {
    for await (const frame of frames) {
      if (frame.picture) pictures.push({ name: pictureName(frame.index), input: frame.picture });
      yield frame;
    }
  }
  for await (const text of document(seen())) {
    texts.push(text);
    yield* pictures.splice(0);
  }
  yield* pictures;
  yield { name: documentName, input: new Blob(texts), deflate: true };
}
