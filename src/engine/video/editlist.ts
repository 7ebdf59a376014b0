/** A box of an ISO base media file: its type, and where its content lies. */
interface Box {
  type: string;
  start: number;
  end: number;
}

/**
 * When the presentation of a track ends, in seconds, where the file's edit list cuts it (ISO/IEC 14496-12, 8.6.6):
 * packets from there on are in the file but not in the clip. Null: not cut, several cuts, or not such a file.
 */
export async function editEnd(file: Blob, trackId: number): Promise<number | null> {
  const moov = await movieBox(file);
  return moov && editEndIn(moov, trackId);
}

/** The same, from the content of the `moov` box. */
export function editEndIn(moov: DataView, trackId: number): number | null {
  const boxes = boxesOf(moov, 0, moov.byteLength);
  const header = boxes.find(({ type }) => type === 'mvhd');
  if (!header) return null;
  const timescale = moov.getUint32(header.start + (moov.getUint8(header.start) === 1 ? 20 : 12));
  for (const track of boxes.filter(({ type }) => type === 'trak')) {
    const parts = boxesOf(moov, track.start, track.end);
    const about = parts.find(({ type }) => type === 'tkhd');
    if (!about || moov.getUint32(about.start + (moov.getUint8(about.start) === 1 ? 20 : 12)) !== trackId)
      continue;
    const edits = parts.find(({ type }) => type === 'edts');
    const list = edits && boxesOf(moov, edits.start, edits.end).find(({ type }) => type === 'elst');
    const end = list ? endOfEdits(moov, list) : null;
    return end === null ? null : end / timescale;
  }
  return null;
}

/** End of the only edit that shows media, in units of the movie's timescale. */
function endOfEdits(moov: DataView, list: Box): number | null {
  const long = moov.getUint8(list.start) === 1;
  const count = moov.getUint32(list.start + 4);
  let end = 0;
  let shows = 0;
  for (let at = list.start + 8, edit = 0; edit < count; edit++, at += long ? 20 : 12) {
    const duration = long ? Number(moov.getBigUint64(at)) : moov.getUint32(at);
    const from = long ? Number(moov.getBigInt64(at + 8)) : moov.getInt32(at + 4);
    end += duration;
    if (from === -1) continue;
    shows++;
    // A fragmented file writes 0 for as long as there is media.
    if (duration === 0) return null;
  }
  return shows === 1 ? end : null;
}

async function movieBox(file: Blob): Promise<DataView | null> {
  for (let at = 0; at + 8 <= file.size; ) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const box = boxAt(head, 0, file.size - at);
    if (!box) return null;
    if (box.type === 'moov')
      return new DataView(await file.slice(at + box.start, at + box.end).arrayBuffer());
    at += box.end;
  }
  return null;
}

function boxesOf(view: DataView, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const box = boxAt(view, at, end);
    if (!box) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The box whose header is at `at`; size 0 means up to `limit`, size 1 that 64 bits follow. Null: not a box. */
function boxAt(view: DataView, at: number, limit: number): Box | null {
  const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
  const short = view.getUint32(at);
  const long = short === 1 && at + 16 <= view.byteLength;
  const header = long ? 16 : 8;
  const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? limit - at : short;
  return size < header ? null : { type, start: at + header, end: Math.min(at + size, limit) };
}
