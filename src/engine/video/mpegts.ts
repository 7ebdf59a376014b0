import type { OnPart } from '../../lib/task.ts';
import { Window } from './window.ts';

const SYNC = 0x47;
/** Lengths of packets: plain, with a time before each (Blu-ray, AVCHD), with error correction behind each. */
const STRIDES = [188, 192, 204];
/** Packets in a row that have to begin with the sync byte. */
const ENOUGH = 4;

/** A transport stream's packets: how far apart their sync bytes are, and where the first is. */
export interface Packets {
  stride: number;
  sync: number;
}

/** Finds the first whole packets of a transport stream, which may have been cut anywhere; null where there are none. */
export function findPackets(head: Uint8Array): Packets | null {
  for (let sync = 0; sync < Math.min(head.length, 2 * 204); sync++)
    for (const stride of STRIDES) if (inStep(head, sync, stride)) return { stride, sync };
  return null;
}

function inStep(bytes: Uint8Array, at: number, stride: number): boolean {
  const count = Math.min(ENOUGH, Math.ceil((bytes.length - at) / stride));
  if (count < 3) return false;
  for (let i = 0; i < count; i++) if (bytes[at + i * stride] !== SYNC) return false;
  return true;
}

/**
 * The stream from its first whole packet on, without what lies between packets where some were lost in part: the
 * demuxer wants every packet in step.
 */
export async function repairTransport(
  file: Blob,
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<{ blob: Blob; skipped: number }> {
  const bytes = new Window(file, signal, onPart);
  const found = findPackets(await bytes.at(0, 65_536));
  if (!found) return { blob: file, skipped: 0 };
  const { stride } = found;
  // Blu-ray's packets begin with their time.
  const lead = stride === 192 ? 4 : 0;
  const parts: Blob[] = [];
  let [kept, skipped] = [found.sync < lead ? found.sync + stride - lead : found.sync - lead, 0];
  skipped = kept;
  const step = stride * 1024;
  for (let at = kept; at + stride <= file.size; ) {
    const part = await bytes.at(at, step);
    let offset = 0;
    while (offset + stride <= part.length && part[offset + lead] === SYNC) offset += stride;
    at += offset;
    if (offset + stride > part.length) {
      if (offset === 0) break;
      continue;
    }
    const next = await resync(bytes, at + 1, stride, lead);
    parts.push(file.slice(kept, at));
    skipped += (next ?? file.size) - at;
    kept = next ?? file.size;
    at = kept;
  }
  if (kept === 0 && parts.length === 0) return { blob: file, skipped: 0 };
  parts.push(file.slice(kept));
  return { blob: new Blob(parts), skipped };
}

/** Where packets in step go on; null: nowhere. */
async function resync(bytes: Window, from: number, stride: number, lead: number): Promise<number | null> {
  for (let base = from; base < bytes.size; base += 65_536) {
    const part = await bytes.at(base, 65_536 + ENOUGH * stride);
    for (let at = 0; at < 65_536; at++)
      if (part[at + lead] === SYNC && inStep(part, at + lead, stride)) return base + at;
  }
  return null;
}
