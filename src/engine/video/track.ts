import { EncodedPacket, EncodedPacketSink, type Input, type InputVideoTrack } from 'mediabunny';
import { UnpromptedError } from '../../lib/failure.ts';
import { type OnPart, stepOf } from '../../lib/task.ts';
import { clipOf } from './clip.ts';
import { codecName, convertCommand, decodableElsewhere, rescueCommand, unusualProfile } from './codecs.ts';
import { decodedFrame } from './decoded.ts';
import { demux } from './demux.ts';
import { failure } from './errors.ts';
import { isHdr, mapsTones } from './hdr.ts';
import type { EditList } from './isobmff.ts';
import type { ClipNote } from './notes.ts';
import { helped, packetOf, type Track, TrackReader } from './reader.ts';
import {
  type PacketNote,
  type Presentation,
  presentAll,
  presentEdits,
  showsPicture,
  type Timeline,
  timelineOf,
  without,
  withoutJumps,
} from './timeline.ts';
import type { Clip, ClipInfo } from './types.ts';

/**
 * Opens the video track of a file whose container was recognised as `container`.
 * @throws video/damaged, video/no-picture, video/codec, video/truncated, video/browser
 */
export async function openTrack(
  file: File,
  container: string,
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<Clip> {
  const { name } = file;
  if (typeof VideoDecoder === 'undefined') throw failure('video/browser', { name, lacks: 'WebCodecs' });
  let input: Input | null = null;
  // Reading ends with an error then, wherever it is.
  const stop = () => input?.dispose();
  signal?.addEventListener('abort', stop);
  try {
    // Others are walked through before their packets are.
    const indexed = container === 'MP4' || container === 'QuickTime';
    const walked = indexed ? 0 : 0.5;
    const demuxed = await demux(file, container, 'caller', signal, stepOf(onPart, 0, walked));
    input = demuxed.input;
    const packets = stepOf(onPart, walked, 1);
    return await openInput(input, demuxed.edits, demuxed.notes, file, container, packets, signal);
  } catch (error) {
    input?.dispose();
    signal?.throwIfAborted();
    if (error instanceof UnpromptedError) throw error;
    const says = error instanceof Error ? error.message : String(error);
    const detail = { code: 'structure', params: { container, detail: says } } as const;
    throw failure('video/damaged', { name, detail }, { cause: error });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function openInput(
  input: Input,
  editsOf: (trackId: number) => EditList | null,
  found: readonly ClipNote[],
  file: File,
  container: string,
  onPart: OnPart,
  signal?: AbortSignal,
): Promise<Clip> {
  const { name } = file;
  const { track, config, note } = await chooseTrack(input, name, container);
  const notes: ClipNote[] = [...found, ...note];
  const decodable = await decodablePackets(track, container, file, onPart, signal);
  const { packets, jumps } = withoutJumps(decodable.packets, container);
  if (jumps > 0) notes.push({ code: 'clip/jumps', params: { times: jumps } });
  const timeline = timelineOf(packets);
  await checkWhole(track, packets, name);

  const source: Track = {
    name,
    track,
    config: helped(config),
    timeline,
    transparent: await track.canBeTransparent(),
  };
  const { lost, hdr } = await checkDecoder(source, container, signal);
  const leading = decodable.leading + lost.size;
  if (leading > 0) notes.push({ code: 'clip/leading', params: { frames: leading } });
  if (hdr && !mapsTones()) notes.push({ code: 'clip/hdr' });
  const edited = presented(timeline, editsOf(track.id));
  const { places, timestamps, duration } = without(edited.presentation, lost);
  notes.push(...edited.notes);
  const sounds = (await input.getAudioTracks()).length > 0;
  const inStep = !edited.cut && jumps === 0;
  if (sounds && !inStep) notes.push({ code: 'clip/silent' });
  if (places.length === 0) throw failure('video/damaged', { name, detail: { code: 'no-frame' } });

  const turn = { rotation: await track.getRotation(), flip: await track.getFlip() };
  const keys = new Set(timeline.keys);
  const keyFrames = Int32Array.from([...places.keys()].filter((index) => keys.has(places[index]!)));
  const info: ClipInfo = {
    name,
    container,
    codec: (await track.getCodec()) ?? 'unknown',
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    frameCount: places.length,
    timestamps,
    duration,
    rotation: turn.rotation,
    hasAudio: sounds && inStep,
    bytes: file.size,
    notes,
  };
  return clipOf({
    info,
    keyFrames: keyFrames.length > 0 ? keyFrames : Int32Array.of(0),
    reader: () => {
      const reader = new TrackReader(source);
      return {
        at: async (index, signal) =>
          decodedFrame(await reader.at(places[index]!, signal), index, timestamps[index]!, turn),
        close: () => reader.close(),
      };
    },
    close: () => input.dispose(),
  });
}

/**
 * The track to show: the container's main one, unless another one can be decoded or holds more than a cover picture.
 * @throws video/no-picture, video/codec, video/damaged
 */
async function chooseTrack(
  input: Input,
  name: string,
  container: string,
): Promise<{ track: InputVideoTrack; config: VideoDecoderConfig; note: ClipNote[] }> {
  const main = await input.getPrimaryVideoTrack();
  if (!main) {
    if ((await input.getTracks()).length > 0) throw failure('video/no-picture', { name, container });
    throw failure('video/damaged', { name, detail: { code: 'no-index' } });
  }
  const others = (await input.getVideoTracks()).filter(({ id }) => id !== main.id);
  const able: { track: InputVideoTrack; config: VideoDecoderConfig; moving: boolean }[] = [];
  for (const track of [main, ...others]) {
    const config = await decodable(track);
    if (config) able.push({ track, config, moving: await isMoving(track) });
  }
  const moving = able.filter(({ moving }) => moving);
  const chosen = moving[0] ?? able[0];
  if (!chosen) throw await undecodable(main, name, container);
  const { track, config } = chosen;
  if (moving.length <= 1) return { track, config, note: [] };
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  return { track, config, note: [{ code: 'clip/tracks', params: { tracks: moving.length, width, height } }] };
}

/** Does the track have more than one packet? */
async function isMoving(track: InputVideoTrack): Promise<boolean> {
  const sink = new EncodedPacketSink(track);
  const first = await sink.getFirstPacket({ metadataOnly: true });
  return first !== null && (await sink.getNextPacket(first, { metadataOnly: true })) !== null;
}

/** The decoder's configuration, if this browser takes it. */
async function decodable(track: InputVideoTrack): Promise<VideoDecoderConfig | null> {
  const config = (await track.getCodec()) === null ? null : await track.getDecoderConfig();
  return config && (await VideoDecoder.isConfigSupported(config)).supported ? config : null;
}

async function undecodable(track: InputVideoTrack, name: string, container: string, cause?: unknown) {
  const codec = await track.getCodec();
  return failure(
    'video/codec',
    {
      name,
      container,
      codec: codecName(codec, await track.getInternalCodecId(), await track.getCodecParameterString()),
      where: decodableElsewhere(codec),
      convert: convertCommand(name),
    },
    { cause },
  );
}

/**
 * Decodes the first key frame, and what is shown before it: HEVC and H.264 can have frames there that hang on an earlier
 * key frame. `lost` are those that do not come. Browsers also promise profiles that their decoder then refuses: only
 * decoding tells.
 */
async function checkDecoder(
  source: Track,
  container: string,
  signal?: AbortSignal,
): Promise<{ lost: ReadonlySet<number>; hdr: boolean }> {
  const reader = new TrackReader(source);
  const lost = new Set<number>();
  const key = source.timeline.keys[0]!;
  let hdr = false;
  try {
    for (let index = 0; index <= key; index++) {
      try {
        const { colour, alpha } = await reader.at(index, signal);
        hdr = isHdr(colour.colorSpace);
        colour.close();
        alpha?.close();
      } catch (error) {
        const late = error instanceof UnpromptedError && error.code === 'video/frame-lost';
        if (!late || index === key) throw error;
        lost.add(index);
      }
    }
    return { lost, hdr };
  } catch (error) {
    if (signal?.aborted || unusualProfile(source.config.codec) === null) throw error;
    throw await undecodable(source.track, source.name, container, error);
  } finally {
    reader.close();
  }
}

/**
 * Every packet's note from the first key frame on, in decode order, and how many frames before it are left out. Read
 * from the container's tables; VP8, VP9 and transport streams need a look at the data.
 * @throws video/damaged
 */
async function decodablePackets(
  track: InputVideoTrack,
  container: string,
  { name, size }: File,
  onPart: OnPart,
  signal?: AbortSignal,
): Promise<{ packets: PacketNote[]; leading: number }> {
  const codec = (await track.getCodec()) ?? '';
  const vpx = codec === 'vp8' || codec === 'vp9';
  // A transport stream need not mark its key frames.
  const metadataOnly = !vpx && container !== 'MPEG-TS';
  const sink = new EncodedPacketSink(track);
  const notes: PacketNote[] = [];
  let read = 0;
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly })) {
    signal?.throwIfAborted();
    notes.push({
      sequence: packet.sequenceNumber,
      containerTimestamp: packet.timestamp,
      timestamp: packet.timestamp,
      duration: packet.duration,
      key: metadataOnly ? packet.type === 'key' : await isKey(track, packet),
      shown: metadataOnly || !vpx || showsPicture(codec, packet.data),
    });
    read += packet.byteLength;
    onPart(Math.min(1, read / size));
  }
  let first = notes.findIndex(({ key }) => key);
  while (metadataOnly && first !== -1) {
    const packet = await packetOf(sink, notes[first]!);
    if (!packet || (await isKey(track, packet))) break;
    first = notes.findIndex(({ key }, index) => key && index > first);
  }
  if (notes.length === 0) throw failure('video/damaged', { name, detail: { code: 'no-frame' } });
  if (first === -1) throw failure('video/damaged', { name, detail: { code: 'no-key-frame' } });
  return {
    packets: notes.slice(first),
    leading: notes.slice(0, first).filter(({ shown }) => shown).length,
  };
}

/** Can decoding begin here, by the packet's data? Its alpha, a picture of its own, has to allow it too. */
async function isKey(track: InputVideoTrack, packet: EncodedPacket): Promise<boolean> {
  const is = async (each: EncodedPacket) => ((await track.determinePacketType(each)) ?? each.type) === 'key';
  const { alpha } = packet.sideData;
  return (await is(packet)) && (!alpha || (await is(new EncodedPacket(alpha, packet.type, 0, 0))));
}

/** A container whose table stands at the front can promise frames that a broken copy no longer holds. */
async function checkWhole(
  track: InputVideoTrack,
  packets: readonly PacketNote[],
  name: string,
): Promise<void> {
  const sink = new EncodedPacketSink(track);
  const there = async (index: number) => (await packetOf(sink, packets[index]!)) !== null;
  const total = packets.length;
  if (await there(total - 1)) return;
  let [readable, missing] = [0, total - 1];
  while (readable < missing) {
    const middle = (readable + missing) >> 1;
    if (await there(middle)) readable = middle + 1;
    else missing = middle;
  }
  throw failure('video/truncated', { name, readable, total, rescue: rescueCommand(name) });
}

/** What the edit list shows of the timeline. `cut`: it does more than begin later or end earlier. */
function presented(
  timeline: Timeline,
  list: EditList | null,
): { presentation: Presentation; cut: boolean; notes: ClipNote[] } {
  if (!list) return { presentation: presentAll(timeline), cut: false, notes: [] };
  const presentation = presentEdits(timeline, list.edits, list.tick);
  if (presentation.places.length === 0)
    return {
      presentation: presentAll(timeline),
      cut: true,
      notes: [{ code: 'clip/no-edits' }],
    };
  const shows = list.edits.filter(({ from }) => from !== null);
  const rated = shows.some(({ rate }) => rate !== 0 && rate !== 1);
  return {
    presentation,
    cut: shows.length > 1 || shows.some(({ rate }) => rate !== 1),
    notes: rated ? [{ code: 'clip/speed' }] : [],
  };
}
