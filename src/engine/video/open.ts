import { type OnPart, seldom, stepOf } from '../../lib/task.ts';
import { convertCommand } from './codecs.ts';
import { failure } from './errors.ts';
import { openAnimation, openStills, type Still } from './images.ts';
import { inNaturalOrder, isLitter } from './names.ts';
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts';
import { openTrack } from './track.ts';
import type { Clip } from './types.ts';

/**
 * Opens a clip: one video, animated image or still; or several stills as the frames of a clip, in the natural order
 * of their names (frame2 before frame10), 24 a second. Works in a worker as well as in a page. `onPart`: how much of
 * what has to be read has been.
 * @throws video/empty, video/not-media, video/container, video/no-picture, video/codec, video/damaged,
 *   video/truncated, video/mixed-files, video/odd-size, video/browser; the signal's reason when it fires
 */
export async function openClip(files: readonly File[], signal?: AbortSignal, onPart?: OnPart): Promise<Clip> {
  const report = seldom(onPart);
  signal?.throwIfAborted();
  const wanted = files.filter((file) => !isLitter(file.name));
  const [first] = wanted;
  if (!first) throw failure('video/empty', { is: files.length === 0 ? 'choice' : 'folder' });
  if (wanted.length === 1) return openOne(first, report, signal);
  const stills: Still[] = [];
  for (const file of inNaturalOrder(wanted)) {
    signal?.throwIfAborted();
    const sniffed = await look(file);
    if (sniffed.kind !== 'image')
      throw failure('video/mixed-files', { name: file.name, is: kindOf(sniffed) });
    stills.push({ file, type: sniffed.type });
    report((0.5 * stills.length) / wanted.length);
  }
  return openStills(stills, signal, stepOf(report, 0.5, 1));
}

async function openOne(file: File, onPart: OnPart, signal?: AbortSignal): Promise<Clip> {
  const { name } = file;
  if (file.size === 0) throw failure('video/empty', { name });
  const sniffed = await look(file);
  switch (sniffed.kind) {
    case 'video':
      return openTrack(file, sniffed.container, signal, onPart);
    case 'image':
      return sniffed.animated
        ? openAnimation({ file, type: sniffed.type }, signal, onPart)
        : openStills([{ file, type: sniffed.type }], signal);
    case 'unsupported':
      throw failure('video/container', { name, container: sniffed.container, convert: convertCommand(name) });
    case 'audio':
      throw failure('video/no-picture', { name, container: sniffed.container });
    case 'other':
      throw failure('video/not-media', { name, like: sniffed.like });
  }
}

async function look(file: File): Promise<Sniffed> {
  return sniff(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
}

const kindOf = (sniffed: Sniffed) =>
  sniffed.kind === 'other'
    ? { like: sniffed.like }
    : { kind: 'container' in sniffed ? sniffed.container : sniffed.type };
