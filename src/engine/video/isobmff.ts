import { Window } from './window.ts';

/** One entry of an edit list (ISO/IEC 14496-12, 8.6.6). */
export interface Edit {
  /** Seconds that it lasts; Infinity: as long as there is media. */
  duration: number;
  /** Where in the media it begins, seconds; null: nothing is shown. */
  from: number | null;
  /** 1: as fast as the media; 0: one frame stands still. */
  rate: number;
}

/** The edits of a track, and the unit that their durations are rounded to, seconds. */
export interface EditList {
  edits: Edit[];
  tick: number;
}

export interface Movie {
  /** The file as the demuxer is to see it: beginning like an MP4, no edit lists, nothing that nobody needs. */
  blob: Blob;
  edits(trackId: number): EditList | null;
}

/** A box: where it begins, where its content does, and where it ends. */
interface Box {
  type: string;
  at: number;
  start: number;
  end: number;
}

/** The boxes that say what is where in the file, by the box that holds them. */
const NEEDED: Record<string, readonly string[]> = {
  moov: ['mvhd', 'trak', 'mvex'],
  trak: ['tkhd', 'mdia'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['stbl'],
  stbl: ['stsd', 'stts', 'ctts', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stss', 'sgpd', 'sbgp'],
  mvex: ['mehd', 'trex'],
};

/**
 * Prepares an ISO base media file (MP4, QuickTime) for the demuxer, which knows only one edit, wants a file type box and
 * gives up at a wrong length in any box. `keepEdits`: leave edit lists to the demuxer. Null where there is no movie box.
 */
export async function readMovie(file: Blob, keepEdits: boolean, signal?: AbortSignal): Promise<Movie | null> {
  const bytes = new Window(file, signal);
  const { movie, first, inPlace } = await findMovie(bytes);
  if (!movie) return null;
  const moov = new Uint8Array(await file.slice(movie.at, movie.end).arrayBuffer());
  const header = movie.start - movie.at;
  new DataView(moov.buffer).setUint32(0, header === 8 ? moov.length : 1);
  const content = moov.subarray(header);
  tidy(
    moov,
    keepEdits ? { ...NEEDED, trak: [...NEEDED.trak!, 'edts'] } : NEEDED,
    'moov',
    header,
    moov.length,
  );
  capCounts(content, file.size);
  const blob = inPlace
    ? new Blob([file.slice(0, movie.at), moov, file.slice(movie.end)])
    : new Blob([coverOf(file.size, first), file.slice(file.size < 2 ** 32 ? 8 : 16), moov]);
  const lists = new Map(listsOf(content).map(({ id, list }) => [id, list]));
  return { blob, edits: (trackId) => lists.get(trackId) ?? null };
}

/** The movie box, by walking from box to box, or else by searching for it. `inPlace`: the demuxer finds it too. */
async function findMovie(bytes: Window): Promise<{ movie: Box | null; first: Uint8Array; inPlace: boolean }> {
  const first = await bytes.at(0, 8);
  const typed = ['ftyp', 'styp'].includes(ascii(first, 4));
  for (let at = 0; at + 8 <= bytes.size; ) {
    const box = boxAt(await bytes.at(at, 16), 0, bytes.size - at);
    if (!box) break;
    if (box.type === 'moov') return { movie: moved(box, at), first, inPlace: typed };
    at += box.end;
  }
  return { movie: await searchMovie(bytes), first, inPlace: false };
}

/** A movie box that the way from box to box misses; it begins with the movie's header. */
async function searchMovie(bytes: Window): Promise<Box | null> {
  const step = 1 << 17;
  for (let from = 0; from < bytes.size; from += step) {
    const part = await bytes.at(from, step + 16);
    for (let at = part.indexOf(0x6d, 4); at !== -1; at = part.indexOf(0x6d, at + 1)) {
      if (ascii(part, at) !== 'moov' || ascii(part, at + 8) !== 'mvhd') continue;
      const box = boxAt(part, at - 4, bytes.size - from);
      if (box) return moved(box, from);
    }
  }
  return null;
}

const moved = (box: Box, by: number): Box => ({
  type: box.type,
  at: box.at + by,
  start: box.start + by,
  end: box.end + by,
});

/** The header of a file type box as long as the file: the demuxer goes on behind it, and samples stay where they are. */
function coverOf(size: number, first: Uint8Array): Uint8Array<ArrayBuffer> {
  const large = size >= 2 ** 32;
  const cover = new Uint8Array(large ? 16 : 8);
  cover.set(first);
  const view = new DataView(cover.buffer);
  view.setUint32(0, large ? 1 : size);
  cover.set([0x66, 0x74, 0x79, 0x70], 4);
  if (large) view.setBigUint64(8, BigInt(size));
  return cover;
}

/**
 * Makes boxes that nobody needs free, cuts what reaches beyond its parent, and finds the next one where a length is
 * wrong; in place, from `start` to `end`.
 */
function tidy(
  bytes: Uint8Array,
  tree: Record<string, readonly string[]>,
  parent: string,
  start: number,
  end: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const needed = tree[parent]!;
  let at = start;
  while (at + 8 <= end) {
    const box = boxAt(bytes, at, end);
    if (box && needed.includes(box.type)) {
      setLength(view, box);
      if (box.type in tree) tidy(bytes, tree, box.type, box.start, box.end);
      at = box.end;
      continue;
    }
    const stop = endOfUnneeded(bytes, needed, at, end);
    if (stop - at >= 8) {
      view.setUint32(at, stop - at);
      bytes.set([0x66, 0x72, 0x65, 0x65], at + 4);
    }
    at = stop;
  }
}

/** Where the next needed box begins, or the parent ends: from box to box, and by its type where a length is wrong. */
function endOfUnneeded(bytes: Uint8Array, needed: readonly string[], from: number, end: number): number {
  let at = from;
  while (at + 8 <= end) {
    const box = boxAt(bytes, at, Number.POSITIVE_INFINITY);
    if (box && needed.includes(box.type)) return at;
    const next = nextOf(needed, bytes, at + 1, end);
    const passes = next !== null && box !== null && box.end > next && !mayBeBox(bytes, box.end, end);
    if (box && box.end <= end && !passes) at = box.end;
    else return next ?? end;
  }
  return end;
}

/**
 * Makes tables promise no more samples than the table of sizes holds, or (where all are of one size) the file: the
 * demuxer writes every one of them down.
 */
function capCounts(moov: Uint8Array, fileSize: number): void {
  const view = new DataView(moov.buffer, moov.byteOffset, moov.byteLength);
  const inside = (boxes: Box[], type: string) =>
    boxes.flatMap(({ start, end }) => boxesOf(moov, start, end).filter((box) => box.type === type));
  const tracks = boxesOf(moov, 0, moov.length).filter(({ type }) => type === 'trak');
  for (const table of inside(inside(inside(tracks, 'mdia'), 'minf'), 'stbl')) {
    let samples = 0;
    for (const { start, end } of inside([table], 'stsz').filter(({ start, end }) => end - start >= 12)) {
      const size = view.getUint32(start + 4);
      const most = size === 0 ? (end - start - 12) / 4 : fileSize / size;
      samples = Math.min(view.getUint32(start + 8), Math.floor(most));
      view.setUint32(start + 8, samples);
    }
    for (const { start, end } of inside([table], 'stz2').filter(({ start, end }) => end - start >= 12)) {
      samples = Math.min(view.getUint32(start + 8), 2 * (end - start - 12));
      view.setUint32(start + 8, samples);
    }
    for (const { start, end } of inside([table], 'stsc'))
      for (let at = start + 12; at + 8 <= end; at += 12)
        view.setUint32(at, Math.min(view.getUint32(at), samples));
    for (const { start, end } of [...inside([table], 'stts'), ...inside([table], 'ctts')]) {
      let left = samples;
      for (let at = start + 8; at + 8 <= end; at += 8) {
        const count = Math.min(view.getUint32(at), left);
        view.setUint32(at, count);
        left -= count;
      }
    }
  }
}

function setLength(view: DataView, { at, start, end }: Box): void {
  const long = start - at === 16;
  view.setUint32(at, long ? 1 : end - at);
  if (long) view.setBigUint64(at + 8, BigInt(end - at));
}

/** Does a box begin here, or its parent end? */
function mayBeBox(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (at + 8 <= end && /^[\w© ]{4}$/.test(ascii(bytes, at + 4)));
}

/** Where the next box of these types begins that fits into its parent; null: there is none. */
function nextOf(types: readonly string[], bytes: Uint8Array, from: number, end: number): number | null {
  for (let at = from; at + 8 <= end; at++) {
    const box = types.includes(ascii(bytes, at + 4)) ? boxAt(bytes, at, Number.POSITIVE_INFINITY) : null;
    if (box && box.end <= end) return at;
  }
  return null;
}

/** The edit lists of the tracks, from the content of a movie box in which `tidy` made them free. */
function listsOf(moov: Uint8Array): { id: number; list: EditList }[] {
  const view = new DataView(moov.buffer, moov.byteOffset, moov.byteLength);
  const all = ({ start, end }: { start: number; end: number }, type: string) =>
    boxesOf(moov, start, end).filter((box) => box.type === type);
  /** A number that headers of both versions hold, behind two times; NaN where it is cut off. */
  const afterTimes = ({ start, end }: Box) => {
    const at = start + (moov[start] === 1 ? 20 : 12);
    return at + 4 <= end ? view.getUint32(at) : Number.NaN;
  };
  const whole = { start: 0, end: moov.length };
  const [movieHeader] = all(whole, 'mvhd');
  if (!movieHeader) return [];
  return all(whole, 'trak').flatMap((track) => {
    const [about] = all(track, 'tkhd');
    const [mediaHeader] = all(track, 'mdia').flatMap((media) => all(media, 'mdhd'));
    const [at] = all(track, 'free').flatMap(({ at, end }) => nextOf(['elst'], moov, at + 8, end) ?? []);
    const list = at === undefined ? null : boxAt(moov, at, track.end);
    if (!about || !mediaHeader || !list || list.start + 8 > list.end) return [];
    const movieScale = afterTimes(movieHeader);
    const edits = entriesOf(view, list, movieScale, afterTimes(mediaHeader));
    return [{ id: afterTimes(about), list: { edits, tick: 1 / movieScale } }];
  });
}

function entriesOf(view: DataView, list: Box, movieScale: number, mediaScale: number): Edit[] {
  const long = view.getUint8(list.start) === 1;
  const size = long ? 20 : 12;
  const count = Math.min(view.getUint32(list.start + 4), Math.floor((list.end - list.start - 8) / size));
  return Array.from({ length: count }, (_, edit) => {
    const at = list.start + 8 + edit * size;
    const duration = long ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const from = long ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    return {
      // The last edit of a fragmented file says 0: for as long as there is media.
      duration: duration === 0 && edit === count - 1 ? Number.POSITIVE_INFINITY : duration / movieScale,
      from: from === -1 ? null : from / mediaScale,
      rate: view.getInt32(at + size - 4) / 0x10000,
    };
  });
}

function boxesOf(bytes: Uint8Array, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const box = boxAt(bytes, at, end);
    if (!box) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The box at `at`, cut at `limit`; size 0 means up to there, size 1 that 64 bits follow. Null: not a box. */
function boxAt(bytes: Uint8Array, at: number, limit: number): Box | null {
  if (at < 0 || at + 8 > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = view.getUint32(at);
  const long = short === 1 && at + 16 <= bytes.length;
  const header = long ? 16 : 8;
  const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? limit - at : short;
  if (size < header) return null;
  return { type: ascii(bytes, at + 4), at, start: at + header, end: Math.min(at + size, limit) };
}

const ascii = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
