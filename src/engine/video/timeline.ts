import type { Edit } from './isobmff.ts';

/** What the container says of one packet, in decode order. */
export interface PacketNote {
  /** The demuxer's own number for it; ascending in decode order. */
  sequence: number;
  /** Presentation time, as the demuxer gives it and as it is on the clip's one clock, and duration; seconds. */
  containerTimestamp: number;
  timestamp: number;
  duration: number;
  key: boolean;
  /** False for a packet that only feeds the decoder (an alternate reference). */
  shown: boolean;
}

/** The frames of a track in the order of their times. */
export interface Timeline {
  /** Seconds, ascending (equal ones in decode order), one per frame. */
  timestamps: Float64Array;
  /** When each frame ends: where the next begins, or by its own duration. */
  ends: Float64Array;
  /** Frames that can be decoded by themselves, ascending. */
  keys: Int32Array;
  /** Those frames' packets, by the frame. */
  keyPackets: ReadonlyMap<number, PacketNote>;
  /** Frame of a packet by its `sequence`; packets that show nothing are not in it. */
  indexOf: ReadonlyMap<number, number>;
}

/** What of a timeline is shown, and when. */
export interface Presentation {
  /** Frame of the timeline by its place in the clip. */
  places: Int32Array;
  /** Seconds, ascending, one per place; none is negative. */
  timestamps: Float64Array;
  /** Seconds from the first frame's start to the last frame's end. */
  duration: number;
}

/** Half of the finest time unit in use: what sums of float64 seconds may be off by. */
const EPSILON = 1e-7;
/** Frames that edits may show, the same ones again and again: more than any real clip has. */
const MOST_SHOWN = 1 << 23;

/** Orders packets, given in decode order, by their times. Packets that are never shown have no frame. */
export function timelineOf(packets: readonly PacketNote[]): Timeline {
  const shown = packets.filter(({ shown }) => shown);
  shown.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
  const timestamps = Float64Array.from(shown, (packet) => packet.timestamp);
  const last = shown.at(-1);
  const end = last ? last.timestamp + (last.duration || usualStep(timestamps)) : 0;
  const keys = shown.flatMap((packet, index) => (packet.key ? [index] : []));
  return {
    timestamps,
    ends: timestamps.map((_, index) => timestamps[index + 1] ?? end),
    keys: Int32Array.from(keys),
    keyPackets: new Map(keys.map((index) => [index, shown[index]!])),
    indexOf: new Map(shown.map((packet, index) => [packet.sequence, index])),
  };
}

/** All frames, as they lie; the first at 0 where it would be before. */
export function presentAll({ timestamps, ends }: Timeline): Presentation {
  const shift = Math.min(0, timestamps[0] ?? 0);
  return {
    places: Int32Array.from(timestamps, (_, index) => index),
    timestamps: timestamps.map((time) => time - shift),
    duration: timestamps.length > 0 ? ends.at(-1)! - timestamps[0]! : 0,
  };
}

/**
 * What an edit list shows (ISO/IEC 14496-12, 8.6.6): the parts of the media that its edits name, one after the other. A
 * frame that an edit begins or ends in is shown in part; less than `tick` seconds of it are a rounding, not a part.
 * Rates other than 0 (one frame stands still) and 1 are not followed: the media runs on at its own.
 */
export function presentEdits(
  { timestamps, ends }: Timeline,
  edits: readonly Edit[],
  tick: number,
): Presentation {
  const places: number[] = [];
  const times: number[] = [];
  let clock = 0;
  let end = 0;
  for (const { duration, from, rate } of edits) {
    const mediaEnd = Math.max(ends.at(-1) ?? 0, from ?? 0);
    const length = Number.isFinite(duration) ? duration : mediaEnd - (from ?? 0);
    if (from !== null) {
      const to = rate === 0 ? from + 2 * EPSILON : from + length;
      for (let index = firstAtLeast(ends, from); timestamps[index]! < to; index++) {
        const [begins, stops] = [timestamps[index]!, ends[index]!];
        const rounding = rate === 0 ? EPSILON : Math.max(EPSILON, Math.min(tick, (stops - begins) / 4));
        // Frames of no length are distinguished from those cut away by their beginning alone.
        const after = stops > from + rounding || (stops === begins && begins >= from - EPSILON);
        // With a gap in their clock the durations of all frames, which an edit is often of, end within the last one.
        const last = index === timestamps.length - 1;
        if (!after || begins >= to - (last ? EPSILON : rounding)) continue;
        if (places.length === MOST_SHOWN) throw new RangeError('its edit list is endless');
        places.push(index);
        times.push(clock + Math.max(0, begins - from));
        end = clock + (rate === 0 ? length : Math.min(stops, to) - from);
      }
    }
    clock += length;
  }
  return {
    places: Int32Array.from(places),
    timestamps: Float64Array.from(times),
    duration: places.length > 0 ? end - times[0]! : 0,
  };
}

/** A presentation without some frames of the timeline. */
export function without(
  { places, timestamps, duration }: Presentation,
  lost: ReadonlySet<number>,
): Presentation {
  if (lost.size === 0) return { places, timestamps, duration };
  const kept = [...places.keys()].filter((index) => !lost.has(places[index]!));
  const times = Float64Array.from(kept, (index) => timestamps[index]!);
  const later = kept.length > 0 ? times[0]! - timestamps[0]! : duration;
  return {
    places: Int32Array.from(kept, (index) => places[index]!),
    timestamps: times,
    duration: duration - later,
  };
}

/** Place of the first of the ascending `values` that is at least `limit`. */
function firstAtLeast(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Seconds that the clock of a transport stream may leap ahead: its gaps are shorter. */
const LEAP = 10;
/** H.264 and HEVC reorder at most 16 frames: a frame that 16 later ones overtook will not come any more. */
export const MOST_REORDERED = 16;

/**
 * Packets, given in decode order, on one clock: where it jumps back further than frames are reordered, or a transport
 * stream's far ahead, the next packet follows on the last. Parts of several recordings lie in such a file.
 */
export function withoutJumps(
  packets: readonly PacketNote[],
  container: string,
): { packets: PacketNote[]; jumps: number } {
  const lengths = packets.flatMap(({ duration }) => (duration > 0 ? [duration] : [])).sort((a, b) => a - b);
  const step = lengths[lengths.length >> 1] ?? 0.04;
  const back = Math.max(1, (MOST_REORDERED + 1) * step);
  let [offset, jumps, latest] = [0, 0, packets[0]?.timestamp ?? 0];
  const out = packets.map((packet) => {
    const moved = packet.timestamp + offset - latest;
    if (moved < -back || (container === 'MPEG-TS' && moved > LEAP)) {
      offset = latest + step - packet.timestamp;
      jumps++;
    }
    const timestamp = packet.timestamp + offset;
    latest = Math.max(latest, timestamp);
    return { ...packet, timestamp };
  });
  return { packets: jumps > 0 ? out : [...packets], jumps };
}

/** Median distance of neighbouring frames, seconds: the duration of a last frame whose file does not give it. */
function usualStep(timestamps: Float64Array): number {
  const steps = timestamps
    .subarray(1)
    .map((time, at) => time - timestamps[at]!)
    .sort();
  return steps[steps.length >> 1] ?? 0;
}

/** The last of the ascending `values` that is at most `limit`, or -1. */
export function lastAtMost(values: Int32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : values[low - 1]!;
}

/** The one of the ascending `values` (at least one) that is nearest to `wanted`. */
export function nearest(values: Int32Array, wanted: number): number {
  const above = values.find((value) => value >= wanted);
  const below = lastAtMost(values, wanted);
  if (below === -1) return above!;
  return above !== undefined && above - wanted < wanted - below ? above : below;
}

/**
 * Is it cheaper to start again at a key frame than to decode on? `next` is the first frame that the decoder has not
 * been given yet; decoding on costs `index - next` frames, a new start `index - key` and a decoder's start-up.
 */
export function worthSeeking(keys: Int32Array, next: number, index: number): boolean {
  if (index < next) return false;
  const startUp = 8;
  return lastAtMost(keys, index) - next > startUp;
}

/** Does this packet show a picture? VP8 and VP9 can carry references that are never shown in packets of their own. */
export function showsPicture(codec: string, data: Uint8Array): boolean {
  const first = data[0];
  if (first === undefined) return false;
  if (codec === 'vp8') return (first & 0x10) !== 0;
  if (codec === 'vp9') {
    const superframe = (data.at(-1)! & 0xe0) === 0xc0;
    const profile3 = (first & 0x30) === 0x30;
    if (superframe || profile3) return true;
    const showsExisting = (first & 0x08) !== 0;
    return showsExisting || (first & 0x02) !== 0;
  }
  return true;
}
