import {
  type AudioCodec,
  AudioSampleSink,
  AudioSampleSource,
  canEncodeAudio,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  type InputAudioTrack,
  type Output,
  type OutputFormat,
  Quality,
} from 'mediabunny';
import { demux } from '../video/demux.ts';
import type { ExportNote } from './notes.ts';

/** A clip's sound on its way into an output. */
export interface Sound {
  /** Adds what is heard up to `seconds` after the export's first frame. */
  until(seconds: number): Promise<void>;
  close(): void;
}

/** The part of the sound that is wanted, in the clip's own seconds. */
interface Part {
  from: number;
  to: number;
}

/** What decoders want before the first sound that is heard: AAC's and Opus's run-in, seconds. */
const RUN_IN = 0.1;

/**
 * Adds the sound of a clip's file, recognised as `container`, to an output that has not started: packet by packet as it is where the container allows,
 * else re-encoded. `note` says what was done to it; `sound` is null where there is none, or none can be made.
 */
export async function addSound(
  file: File,
  container: string,
  output: Output,
  part: Part,
): Promise<{ sound: Sound | null; note: ExportNote | null }> {
  const { input } = await demux(file, container, 'demuxer');
  const track = await input.getPrimaryAudioTrack();
  const codec = (await track?.getCodec()) ?? null;
  if (track && codec && output.format.getSupportedAudioCodecs().includes(codec))
    return { sound: await copied(track, codec, output, part, () => input.dispose()), note: null };
  const target = track && (await encodable(output.format, track));
  const params = { container: formatName(output.format), codec: codec && nameOf(codec) };
  if (!track || !target || !(await track.canDecode())) {
    input.dispose();
    return { sound: null, note: { code: 'export/silent', params } };
  }
  return {
    sound: reencoded(track, target, output, part, () => input.dispose()),
    note: { code: 'export/re-encoded', params: { as: nameOf(target), ...params } },
  };
}

async function copied(
  track: InputAudioTrack,
  codec: AudioCodec,
  output: Output,
  { from, to }: Part,
  close: () => void,
): Promise<Sound> {
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  const sink = new EncodedPacketSink(track);
  // What lies before the first frame is only decoded: MP4 hides it by its edit list, WebM cannot.
  const runIn = output.format.negativeTimestampSupport === 'full' ? RUN_IN : 0;
  let packet = (await sink.getPacket(from - runIn)) ?? (await sink.getFirstPacket());
  while (packet && packet.timestamp < from - runIn - 1e-6) packet = await sink.getNextPacket(packet);
  const decoderConfig = (await track.getDecoderConfig())!;
  return {
    async until(seconds) {
      while (packet && packet.timestamp < Math.min(to, from + seconds)) {
        await source.add(packet.clone({ timestamp: packet.timestamp - from }), { decoderConfig });
        packet = await sink.getNextPacket(packet);
      }
    },
    close,
  };
}

function reencoded(
  track: InputAudioTrack,
  codec: AudioCodec,
  output: Output,
  { from, to }: Part,
  close: () => void,
): Sound {
  const source = new AudioSampleSource({ codec, quality: new Quality('high') });
  output.addAudioTrack(source);
  const samples = new AudioSampleSink(track).samples(from, to);
  let waiting = samples.next();
  return {
    async until(seconds) {
      for (;;) {
        const { done, value: sample } = await waiting;
        if (done || sample.timestamp >= from + seconds) return;
        if (sample.timestamp >= from - 1e-6) {
          sample.setTimestamp(Math.max(0, sample.timestamp - from));
          await source.add(sample);
        }
        sample.close();
        waiting = samples.next();
      }
    },
    close: () => {
      void samples.return();
      waiting.then(({ value }) => value?.close()).catch(() => undefined);
      close();
    },
  };
}

/** The first codec for a container that this browser encodes, for a track of these channels and rate. */
async function encodable(format: OutputFormat, track: InputAudioTrack): Promise<AudioCodec | null> {
  const shape = {
    numberOfChannels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
    quality: new Quality('high'),
  };
  const able = format.getSupportedAudioCodecs();
  for (const codec of ['aac', 'opus', 'vorbis'] as const)
    if (able.includes(codec) && (await canEncodeAudio(codec, shape))) return codec;
  return null;
}

const NAMES: Partial<Record<AudioCodec, string>> = { aac: 'AAC', opus: 'Opus', vorbis: 'Vorbis', mp3: 'MP3' };
const nameOf = (codec: AudioCodec): string => NAMES[codec] ?? codec;
const formatName = (format: OutputFormat): string => format.fileExtension.slice(1).toUpperCase();
