import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import { failure } from './errors.ts';
import { firstAvcPacket, isInterlaced, isRasl, lengthSizeOf, withReorderLimits } from './nal.ts';
import { lastAtMost, MOST_REORDERED, type PacketNote, type Timeline, worthSeeking } from './timeline.ts';

/** Decoded frames that wait for their turn; the frame asked for is one of them. */
const AHEAD = 4;
/** Packets that wait inside the decoder. */
const QUEUE = 4;

/** What a reader decodes. */
export interface Track {
  name: string;
  track: InputVideoTrack;
  config: VideoDecoderConfig;
  timeline: Timeline;
  /** Does it carry an alpha channel beside its colours, as VP8 and VP9 in WebM may? */
  transparent: boolean;
}

/** A decoded frame: its colours, and its alpha as the luma of a frame of its own. The receiver closes both. */
export interface Picture {
  colour: VideoFrame;
  alpha: VideoFrame | null;
}

function closePicture({ colour, alpha }: Picture): void {
  colour.close();
  alpha?.close();
}

/**
 * Decodes frames of a track by their place in its timeline. Asking for places that ascend decodes each packet
 * once; a place behind, or one beyond a far key frame, starts again at the key frame before it. Every chunk carries
 * its frame's place as its timestamp, so that a frame cannot be taken for another one, whatever the file's
 * timestamps are. One call at a time.
 */
export class TrackReader {
  #session: Session | null = null;

  constructor(private readonly source: Track) {}

  /**
   * The frame `index`; the caller closes it. An aborted wait rejects with the signal's reason and leaves the
   * decoder where it is, so that a later request further on goes on from there.
   * @throws video/frame-lost, video/damaged
   */
  async at(index: number, signal?: AbortSignal): Promise<Picture> {
    signal?.throwIfAborted();
    if (!this.#session?.leadsTo(index)) {
      this.#session?.close();
      this.#session = new Session(this.source, index);
    }
    return this.#session.take(index, signal);
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
  }
}

/** One run of a decoder, from a key frame onwards. */
class Session {
  readonly #colours: VideoDecoder;
  /** Alpha is coded as pictures of its own, in step with the colours; null: there is none. */
  readonly #alphas: VideoDecoder | null;
  readonly #ready = new Map<number, Picture>();
  /** Colours that wait for their alpha, alphas for their colours, and the frames whose alpha is on its way. */
  readonly #colourOf = new Map<number, VideoFrame>();
  readonly #alphaOf = new Map<number, VideoFrame>();
  readonly #alphaDue = new Set<number>();
  /** First frame that is still wanted: what comes before it is closed at once. */
  #wanted: number;
  /** First frame, in the timeline's order, beyond all that the decoder was given. */
  #given = 0;
  #state: 'feeding' | 'drained' | 'closed' = 'feeding';
  #error: unknown = null;
  #change = signalOnce();

  constructor(
    private readonly source: Track,
    index: number,
  ) {
    this.#wanted = index;
    this.#given = index;
    this.#colours = this.#decoder(this.#colourOf);
    this.#alphas = source.transparent ? this.#decoder(this.#alphaOf) : null;
    this.#feed().catch((error: unknown) => this.#fail(error));
  }

  #decoder(out: Map<number, VideoFrame>): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => this.#receive(frame, out),
      error: (error) => this.#fail(error),
    });
    decoder.addEventListener('dequeue', () => this.#wake());
    return decoder;
  }

  /** Will decoding on give this frame, at no more cost than starting again? */
  leadsTo(index: number): boolean {
    if (this.#error !== null || this.#state === 'closed' || index < this.#wanted) return false;
    if (this.#ready.has(index)) return true;
    return this.#state === 'feeding' && !worthSeeking(this.source.timeline.keys, this.#given, index);
  }

  async take(index: number, signal?: AbortSignal): Promise<Picture> {
    this.#want(index);
    const stop = () => this.#wake();
    signal?.addEventListener('abort', stop);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const picture = this.#ready.get(index);
        if (picture) {
          this.#ready.delete(index);
          this.#want(index + 1);
          return picture;
        }
        if (this.#error !== null) throw this.#error;
        if (this.#state === 'closed') throw new DOMException('The clip was closed.', 'AbortError');
        if (this.#state !== 'feeding' || this.#ready.size > MOST_REORDERED)
          throw failure('video/frame-lost', { name: this.source.name, index });
        await this.#change.happened;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.#state = 'closed';
    for (const decoder of [this.#colours, this.#alphas]) if (decoder?.state !== 'closed') decoder?.close();
    for (const picture of this.#ready.values()) closePicture(picture);
    for (const frames of [this.#colourOf, this.#alphaOf]) {
      for (const frame of frames.values()) frame.close();
      frames.clear();
    }
    this.#ready.clear();
    this.#wake();
  }

  #want(index: number): void {
    this.#wanted = index;
    for (const [at, picture] of this.#ready) {
      if (at >= index) continue;
      closePicture(picture);
      this.#ready.delete(at);
    }
    this.#wake();
  }

  /** Takes a decoded frame; with alpha, a picture is ready once both its halves are. */
  #receive(frame: VideoFrame, out: Map<number, VideoFrame>): void {
    const index = frame.timestamp;
    if (this.#state === 'closed' || index < this.#wanted || this.#ready.has(index) || out.has(index))
      frame.close();
    else out.set(index, frame);
    const [colour, alpha] = [this.#colourOf.get(index), this.#alphaOf.get(index)];
    if (colour && (alpha || !this.#alphaDue.has(index))) this.#finish(index, colour, alpha ?? null);
    this.#wake();
  }

  #finish(index: number, colour: VideoFrame, alpha: VideoFrame | null): void {
    this.#colourOf.delete(index);
    this.#alphaOf.delete(index);
    this.#alphaDue.delete(index);
    this.#ready.set(index, { colour, alpha });
  }

  #fail(error: unknown): void {
    if (this.#state === 'closed') return;
    const { name } = this.source;
    const says = error instanceof Error ? error.message : String(error);
    const detail = { code: 'decoder', params: { detail: says } } as const;
    this.#error ??= failure('video/damaged', { name, detail }, { cause: error });
    this.#wake();
  }

  #wake(): void {
    this.#change.happen();
    this.#change = signalOnce();
  }

  /** Read on? More is waited for only while the wanted frame itself is missing (see MOST_REORDERED). */
  #full(): boolean {
    const limit = this.#ready.has(this.#wanted) ? AHEAD : MOST_REORDERED + 1;
    const queued = Math.max(this.#colours.decodeQueueSize, this.#alphas?.decodeQueueSize ?? 0);
    return queued >= QUEUE || this.#ready.size >= limit;
  }

  /** Hands packets to the decoder until the track ends, never many more than the caller needs. */
  async #feed(): Promise<void> {
    const { track, config, timeline } = this.source;
    const sink = new EncodedPacketSink(track);
    const start = await keyPacket(this.source, sink, this.#wanted);
    const first = needsFirstPacket(config) ? await sink.getFirstKeyPacket({ verifyKeyPackets: true }) : null;
    if (this.#ended()) return;
    this.#colours.configure(config);
    // An alpha channel is all of its range, whatever the colours are.
    this.#alphas?.configure({ ...config, colorSpace: { ...BT709, fullRange: true } });
    if (first && start && first.sequenceNumber < start.sequenceNumber) this.#decode(first, timeline, true);
    const lengthSize = lengthSizeOf(config);
    const hevc = /^h(vc|ev)1/.test(config.codec);
    let leading = false;
    for (let packet = start; packet; packet = await sink.getNextPacket(packet)) {
      while (this.#full() && !this.#ended()) await this.#change.happened;
      if (this.#ended()) return;
      leading = hevc && (packet === start || (leading && isRasl(packet.data, lengthSize)));
      if (packet === start || !leading) this.#decode(packet, timeline, packet === start);
    }
    if (this.#ended()) return;
    await Promise.all([this.#colours.flush(), this.#alphas?.flush()]);
    if (this.#ended()) return;
    for (const [index, colour] of this.#colourOf) this.#finish(index, colour, null);
    this.#state = 'drained';
    this.#wake();
  }

  #ended(): boolean {
    return this.#state === 'closed' || this.#error !== null;
  }

  #decode(packet: EncodedPacket, { indexOf }: Timeline, first: boolean): void {
    const { config } = this.source;
    const timestamp = indexOf.get(packet.sequenceNumber) ?? -1;
    this.#given = Math.max(this.#given, timestamp + 1);
    const { alpha } = packet.sideData;
    if (alpha && this.#alphas) {
      this.#alphaDue.add(timestamp);
      this.#alphas.decode(
        new EncodedVideoChunk({ type: first ? 'key' : 'delta', timestamp, data: Uint8Array.from(alpha) }),
      );
    }
    const avc = first && /^avc/.test(config.codec);
    const data = avc ? firstAvcPacket(packet.data, lengthSizeOf(config)) : packet.data;
    this.#colours.decode(new EncodedVideoChunk({ type: first ? 'key' : packet.type, timestamp, data }));
  }
}

/** The packet that decoding has to begin with to come to this frame: the last before it that is a key frame indeed. */
async function keyPacket(
  { track, timeline: { keys, keyPackets } }: Track,
  sink: EncodedPacketSink,
  index: number,
): Promise<EncodedPacket | null> {
  let key = lastAtMost(keys, index);
  for (; key > keys[0]!; key = lastAtMost(keys, key - 1)) {
    const packet = await packetOf(sink, keyPackets.get(key)!);
    if (packet && (await track.determinePacketType(packet)) !== 'delta') return packet;
  }
  return packetOf(sink, keyPackets.get(keys[0]!)!);
}

/** A packet by what was noted of it. Where times are not in order, searching by time may miss: then all are walked. */
export async function packetOf(
  sink: EncodedPacketSink,
  { containerTimestamp, sequence }: PacketNote,
): Promise<EncodedPacket | null> {
  const near = await sink.getPacket(containerTimestamp);
  if (near?.sequenceNumber === sequence) return near;
  let packet = await sink.getFirstPacket();
  while (packet && packet.sequenceNumber < sequence) packet = await sink.getNextPacket(packet);
  return packet;
}

const BT709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' } as const;

/**
 * The configuration that decoders do well with. Chromium loses B-frames where H.264 does not say how many it reorders,
 * takes a colour space that is given in part for none, and does not play interlaced video on the graphics card.
 */
export function helped(config: VideoDecoderConfig): VideoDecoderConfig {
  const { codec, colorSpace } = config;
  const complete = colorSpace
    ? { ...config, colorSpace: { ...BT709, fullRange: false, ...wholeSpace(colorSpace) } }
    : config;
  if (!/^avc/.test(codec)) return complete;
  const limited = withReorderLimits(complete);
  return isInterlaced(config) ? { ...limited, hardwareAcceleration: 'prefer-software' } : limited;
}

const wholeSpace = (space: VideoColorSpaceInit): VideoColorSpaceInit =>
  Object.fromEntries(Object.entries(space).filter(([, value]) => value !== undefined && value !== null));

/**
 * H.264 High 4:4:4: early x264 coded it against the standard and says so, by its version, in the first packet alone;
 * a decoder that starts elsewhere without having seen it fails.
 */
function needsFirstPacket({ codec }: VideoDecoderConfig): boolean {
  return /^avc[13]\.f4/i.test(codec);
}

/** A promise and what fulfils it. */
function signalOnce(): { happened: Promise<void>; happen: () => void } {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}
