import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import { failure } from './errors.ts';
import { type Timeline, worthSeeking } from './timeline.ts';

/** Decoded frames that wait for their turn; the frame asked for is one of them. */
const AHEAD = 4;
/** Packets that wait inside the decoder. */
const QUEUE = 4;
/** H.264 and HEVC reorder at most 16 frames: a frame that 16 later ones overtook will not come any more. */
const MOST_REORDERED = 16;

/** What a reader decodes. */
export interface Track {
  name: string;
  track: InputVideoTrack;
  config: VideoDecoderConfig;
  timeline: Timeline;
}

/**
 * Decodes frames of a track by their place in the presentation. Asking for places that ascend decodes each packet
 * once; a place behind, or one beyond a far key frame, starts anew at the key frame before it. Every chunk carries
 * its frame's place as its timestamp, so that a frame cannot be taken for another one, whatever the file's
 * timestamps are. One call at a time.
 */
export class TrackReader {
  #session: Session | null = null;

  constructor(private readonly source: Track) {}

  /**
   * The frame `index`; the caller closes it. An aborted wait rejects with the signal's reason and leaves the
   * decoder where it is, so that a later wish further on goes on from there.
   * @throws video/frame-lost, video/damaged
   */
  async at(index: number, signal?: AbortSignal): Promise<VideoFrame> {
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
  readonly #decoder: VideoDecoder;
  readonly #ready = new Map<number, VideoFrame>();
  /** First frame that is still wanted: what comes before it is closed at once. */
  #wanted: number;
  /** First frame, in presentation order, beyond all that the decoder was given. */
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
    this.#decoder = new VideoDecoder({
      output: (frame) => this.#receive(frame),
      error: (error) => this.#fail(error),
    });
    this.#decoder.addEventListener('dequeue', () => this.#wake());
    this.#feed().catch((error: unknown) => this.#fail(error));
  }

  /** Will decoding on give this frame, at no more cost than starting anew? */
  leadsTo(index: number): boolean {
    if (this.#error !== null || this.#state === 'closed' || index < this.#wanted) return false;
    if (this.#ready.has(index)) return true;
    return this.#state === 'feeding' && !worthSeeking(this.source.timeline.keys, this.#given, index);
  }

  async take(index: number, signal?: AbortSignal): Promise<VideoFrame> {
    this.#want(index);
    const stop = () => this.#wake();
    signal?.addEventListener('abort', stop);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const frame = this.#ready.get(index);
        if (frame) {
          this.#ready.delete(index);
          this.#want(index + 1);
          return frame;
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
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    for (const frame of this.#ready.values()) frame.close();
    this.#ready.clear();
    this.#wake();
  }

  #want(index: number): void {
    this.#wanted = index;
    for (const [at, frame] of this.#ready) {
      if (at >= index) continue;
      frame.close();
      this.#ready.delete(at);
    }
    this.#wake();
  }

  #receive(frame: VideoFrame): void {
    const index = frame.timestamp;
    if (this.#state === 'closed' || index < this.#wanted || this.#ready.has(index)) frame.close();
    else this.#ready.set(index, frame);
    this.#wake();
  }

  #fail(error: unknown): void {
    if (this.#state === 'closed') return;
    const detail = `the decoder gave up (${error instanceof Error ? error.message : String(error)})`;
    this.#error ??= failure('video/damaged', { name: this.source.name, detail }, { cause: error });
    this.#wake();
  }

  #wake(): void {
    this.#change.happen();
    this.#change = signalOnce();
  }

  /** Read on? More is waited for only while the wanted frame itself is missing (see MOST_REORDERED). */
  #full(): boolean {
    const limit = this.#ready.has(this.#wanted) ? AHEAD : MOST_REORDERED + 1;
    return this.#decoder.decodeQueueSize >= QUEUE || this.#ready.size >= limit;
  }

  /** Hands packets to the decoder until the track ends, never many more than the taker needs. */
  async #feed(): Promise<void> {
    const { track, config, timeline } = this.source;
    const sink = new EncodedPacketSink(track);
    const options = { verifyKeyPackets: true };
    const start =
      (await sink.getKeyPacket(timeline.timestamps[this.#wanted]!, options)) ??
      (await sink.getFirstKeyPacket(options));
    const first = needsFirstPacket(config) ? await sink.getFirstKeyPacket(options) : null;
    if (this.#ended()) return;
    this.#decoder.configure(config);
    if (first && first.sequenceNumber !== start?.sequenceNumber) this.#decode(first, timeline);
    let packet = start;
    while (packet) {
      while (this.#full() && !this.#ended()) await this.#change.happened;
      if (this.#ended()) return;
      this.#decode(packet, timeline);
      packet = await sink.getNextPacket(packet, options);
    }
    if (this.#ended()) return;
    await this.#decoder.flush();
    if (!this.#ended()) this.#state = 'drained';
    this.#wake();
  }

  #ended(): boolean {
    return this.#state === 'closed' || this.#error !== null;
  }

  #decode(packet: EncodedPacket, { indexOf }: Timeline): void {
    const index = indexOf.get(packet.sequenceNumber) ?? -1;
    this.#given = Math.max(this.#given, index + 1);
    this.#decoder.decode(new EncodedVideoChunk({ type: packet.type, timestamp: index, data: packet.data }));
  }
}

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
