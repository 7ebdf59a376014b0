import {
  Mp4OutputFormat,
  Output,
  StreamTarget,
  type StreamTargetChunk,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import type { Size } from '../../lib/size.ts';
import { canvasOf } from './canvas.ts';
import { type Encoding, encodingOrFail, qualityOf } from './encoders.ts';
import type { Job, Written } from './format.ts';
import { frameTimes, type PicturedFrame } from './frames.ts';
import type { ExportNote } from './notes.ts';
import type { Cutter, Painter } from './picture.ts';
import { constantRate, usualRate } from './rate.ts';
import type { Sink } from './sink.ts';
import { addSound } from './sound.ts';
import type { Container, VideoQuality } from './types.ts';

/** What a video shows, whole frames or such with transparency, and how it is encoded. */
export type VideoContent = Encoded & ({ painter: Painter } | { cutter: Cutter });

interface Encoded {
  container: Container;
  quality: VideoQuality;
  /** Whether the clip's sound goes along, where it has any. */
  sound: boolean;
}

/** Sound is kept this far ahead of the pictures, in seconds, so that the two lie together in the file. */
const SOUND_AHEAD = 0.5;

/**
 * Encodes a video with the clip's own frames and times: as many frames, each as long as it was, and the sound.
 * @throws export/no-encoder, export/cannot-write
 */
export async function writeVideo(job: Job, content: VideoContent): Promise<Written> {
  const { source, sink, info, size: picture } = job;
  const { start, count } = job.range;
  const times = frameTimes(info, start, count);
  const { container } = content;
  const transparent = 'cutter' in content;
  const rate = usualRate(times.duration);
  const encoding = await encodingOrFail(container, transparent, picture, rate, content.quality);

  const { target, written } = targetOf(sink);
  const output = new Output({
    format: container === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat(),
    target,
  });
  const track = new VideoSampleSource({
    codec: encoding.codec,
    quality: qualityOf(encoding.bitrate),
    latencyMode: 'quality',
    alpha: transparent ? 'keep' : 'discard',
  });
  const frameRate = constantRate(times.start);
  output.addVideoTrack(track, {
    canBeTransparent: transparent,
    ...(frameRate === null ? {} : { frameRate }),
  });
  const end = times.start[count - 1]! + times.duration[count - 1]!;
  const from = info.timestamps[start]!;
  const { sound, note } =
    content.sound && info.hasAudio
      ? await addSound(source.files[0]!, info.container, output, { from, to: from + end })
      : { sound: null, note: null };

  try {
    await output.start();
    const sampleOf = sampler(content, picture, encoding);
    for await (const frame of job.pictures()) {
      await sound?.until(frame.timestamp + SOUND_AHEAD);
      const sample = sampleOf(frame);
      try {
        await track.add(sample);
      } finally {
        sample.close();
      }
    }
    await sound?.until(end);
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  } finally {
    sound?.close();
  }
  return { bytes: written(), notes: [...padding(picture, encoding.size), ...(note ? [note] : [])] };
}

/** Makes the picture of a frame into what the encoder takes. */
function sampler(
  content: VideoContent,
  picture: Size,
  { size }: Encoding,
): (frame: PicturedFrame) => VideoSample {
  if ('cutter' in content) {
    return (frame) => {
      const { data, width, height } = content.cutter(frame);
      const { timestamp, duration } = frame;
      return new VideoSample(data, {
        format: 'RGBA',
        codedWidth: width,
        codedHeight: height,
        timestamp,
        duration,
      });
    };
  }
  const context = canvasOf(size);
  return (frame) => {
    content.painter(context, frame);
    extend(context, picture, size);
    const { timestamp, duration } = frame;
    return new VideoSample(context.canvas, { timestamp, duration });
  };
}

/** Repeats the last column and row where more is encoded than the picture has. */
function extend(context: OffscreenCanvasRenderingContext2D, { width, height }: Size, size: Size): void {
  const { canvas } = context;
  if (size.width > width) context.drawImage(canvas, width - 1, 0, 1, height, width, 0, 1, height);
  if (size.height > height) context.drawImage(canvas, 0, height - 1, size.width, 1, 0, height, size.width, 1);
}

function padding(picture: Size, size: Size): ExportNote[] {
  if (size.width === picture.width && size.height === picture.height) return [];
  const words = ({ width, height }: Size) => `${width} × ${height}`;
  return [{ code: 'export/even', params: { from: words(picture), to: words(size) } }];
}

/** The sink as the muxer writes to it. */
function targetOf(sink: Sink): { target: StreamTarget; written: () => number } {
  let bytes = 0;
  const writable = new WritableStream<StreamTargetChunk>({
    write: async ({ data, position }) => {
      await sink.write(data, position);
      bytes = Math.max(bytes, position + data.length);
    },
  });
  return { target: new StreamTarget(writable, { chunked: true }), written: () => bytes };
}
