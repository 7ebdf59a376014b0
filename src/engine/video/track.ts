import {
  BlobSource,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  VideoSample,
  WEBM,
} from 'mediabunny';
import { UnpromptedError } from '../../lib/failure.ts';
import { clipOf } from './clip.ts';
import { codecName, convertCommand, rescueCommand, unusualProfile, whereDecodable } from './codecs.ts';
import { editEnd } from './editlist.ts';
import { failure } from './errors.ts';
import { type Track, TrackReader } from './reader.ts';
import { type PacketNote, showsPicture, type Timeline, timelineOf } from './timeline.ts';
import type { Clip, ClipInfo, DecodedFrame } from './types.ts';

/**
 * Opens the first video track of a file whose container was recognised as `container`.
 * @throws video/damaged, video/no-picture, video/codec, video/truncated, video/browser
 */
export async function openTrack(file: File, container: string, signal?: AbortSignal): Promise<Clip> {
  const { name } = file;
  if (typeof VideoDecoder === 'undefined') throw failure('video/browser', { name, lacks: 'WebCodecs' });
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track && (await input.getTracks()).length === 0)
      throw failure('video/damaged', {
        name,
        detail: 'the index of its tracks is missing, as when a copy broke off',
      });
    if (!track) throw failure('video/no-picture', { name, container });
    const config = await decodable(track, name, container);
    const packets = await packetsOf(track, signal);
    const timeline = timelineOf(packets, (await editEnd(file, track.id)) ?? undefined);
    await checkWhole(track, timeline, name);
    await checkDecoder({ name, track, config, timeline }, container);
    const rotation = await track.getRotation();
    const flip = await track.getFlip();
    const info: ClipInfo = {
      name,
      container,
      codec: (await track.getCodec()) ?? 'unknown',
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      frameCount: timeline.timestamps.length,
      timestamps: timeline.timestamps,
      duration: timeline.duration,
      rotation,
      hasAudio: (await input.getAudioTracks()).length > 0,
      bytes: file.size,
    };
    return clipOf({
      info,
      keyFrames: timeline.keys,
      reader: () => {
        const reader = new TrackReader({ name, track, config, timeline });
        return {
          at: async (index, signal) =>
            decoded(await reader.at(index, signal), index, timeline.timestamps[index]!, { rotation, flip }),
          close: () => reader.close(),
        };
      },
      close: () => input.dispose(),
    });
  } catch (error) {
    input.dispose();
    if (error instanceof UnpromptedError || signal?.aborted) throw error;
    const detail = `its ${container} structure cannot be followed (${error instanceof Error ? error.message : error})`;
    throw failure('video/damaged', { name, detail }, { cause: error });
  }
}

/** The decoder's configuration, once it is sure that this browser takes it. */
async function decodable(
  track: InputVideoTrack,
  name: string,
  container: string,
): Promise<VideoDecoderConfig> {
  const codec = await track.getCodec();
  const config = codec === null ? null : await track.getDecoderConfig();
  if (config && (await VideoDecoder.isConfigSupported(config)).supported) return config;
  throw await undecodable(track, name, container);
}

async function undecodable(track: InputVideoTrack, name: string, container: string, cause?: unknown) {
  const codec = await track.getCodec();
  return failure(
    'video/codec',
    {
      name,
      container,
      codec: codecName(codec, await track.getInternalCodecId(), await track.getCodecParameterString()),
      where: whereDecodable(codec),
      convert: convertCommand(name),
    },
    { cause },
  );
}

/** Browsers promise profiles that their decoder then refuses: only decoding a frame tells. */
async function checkDecoder(source: Track, container: string): Promise<void> {
  const reader = new TrackReader(source);
  try {
    (await reader.at(0)).close();
  } catch (error) {
    if (unusualProfile(source.config.codec) === null) throw error;
    throw await undecodable(source.track, source.name, container, error);
  } finally {
    reader.close();
  }
}

/** Every packet's note, read from the container's tables; only VP8 and VP9 need a look at the data. */
async function packetsOf(track: InputVideoTrack, signal?: AbortSignal): Promise<PacketNote[]> {
  const codec = (await track.getCodec()) ?? '';
  const metadataOnly = codec !== 'vp8' && codec !== 'vp9';
  const notes: PacketNote[] = [];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly })) {
    signal?.throwIfAborted();
    notes.push({
      sequence: packet.sequenceNumber,
      timestamp: packet.timestamp,
      duration: packet.duration,
      key: packet.type === 'key',
      shown: metadataOnly || showsPicture(codec, packet.data),
    });
  }
  return notes;
}

/** A container whose table stands at the front can promise frames that a broken copy no longer holds. */
async function checkWhole(track: InputVideoTrack, { timestamps }: Timeline, name: string): Promise<void> {
  const total = timestamps.length;
  if (total === 0) throw failure('video/damaged', { name, detail: 'no frame could be found in it' });
  const sink = new EncodedPacketSink(track);
  const there = async (index: number) => (await sink.getPacket(timestamps[index]!)) !== null;
  if (await there(total - 1)) return;
  let [readable, missing] = [0, total - 1];
  while (readable < missing) {
    const middle = (readable + missing) >> 1;
    if (await there(middle)) readable = middle + 1;
    else missing = middle;
  }
  throw failure('video/truncated', { name, readable, total, rescue: rescueCommand(name) });
}

function decoded(
  frame: VideoFrame,
  index: number,
  timestamp: number,
  turn: { rotation: ClipInfo['rotation']; flip: boolean },
): DecodedFrame {
  const sample = new VideoSample(frame, turn);
  return {
    index,
    timestamp,
    width: sample.displayWidth,
    height: sample.displayHeight,
    draw: (context, width, height) => sample.draw(context, 0, 0, width, height),
    close: () => sample.close(),
  };
}
