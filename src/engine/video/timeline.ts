/** What the container says of one packet, in decode order. */
export interface PacketNote {
  /** The demuxer's own number for it; ascending in decode order. */
  sequence: number;
  /** Presentation time and duration, seconds. */
  timestamp: number;
  duration: number;
  key: boolean;
  /** False for a packet that only feeds the decoder (an alternate reference). */
  shown: boolean;
}

/** The frames of a track in presentation order. */
export interface Timeline {
  /** Seconds, ascending, one a frame. */
  timestamps: Float64Array;
  /** Seconds from the first frame's start to the last frame's end. */
  duration: number;
  /** Frames that can be decoded by themselves, ascending. */
  keys: Int32Array;
  /** Frame of a packet by its `sequence`; packets that show nothing are not in it. */
  indexOf: ReadonlyMap<number, number>;
}

/** Half of the finest time unit in use: what sums of float64 seconds may be off by. */
const EPSILON = 1e-7;

/**
 * Orders packets by presentation. Packets that are never shown have no frame, nor have those outside of 0 … `end`
 * seconds: an edit list puts there what has to be decoded but was cut away.
 */
export function timelineOf(packets: readonly PacketNote[], end = Number.POSITIVE_INFINITY): Timeline {
  const shown = packets.filter(
    ({ shown, timestamp, duration }) => shown && timestamp + duration > EPSILON && timestamp < end - EPSILON,
  );
  shown.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
  const timestamps = Float64Array.from(shown, (packet) => packet.timestamp);
  const last = shown.at(-1);
  return {
    timestamps,
    duration: last ? last.timestamp + (last.duration || usualStep(timestamps)) - timestamps[0]! : 0,
    keys: Int32Array.from(shown.flatMap((packet, index) => (packet.key ? [index] : []))),
    indexOf: new Map(shown.map((packet, index) => [packet.sequence, index])),
  };
}

/** Median distance of neighbouring frames, seconds: the duration of a last frame whose file does not tell it. */
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
 * Is it cheaper to start anew at a key frame than to decode on? `next` is the first frame that the decoder has not
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
