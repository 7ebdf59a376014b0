import { canEncodeVideo, Quality, type VideoCodec } from 'mediabunny';
import { failure } from '../errors.ts';
import type { Size } from './frames.ts';
import type { Container, VideoQuality } from './types.ts';

/** How a video will be encoded. */
export interface Encoding {
  codec: VideoCodec;
  /** What is encoded: as large as the picture, or a pixel more where the codec takes even sizes only. */
  size: Size;
  /** Bits a second. */
  bitrate: number;
}

/** What this browser can encode at a clip's size; null where it cannot. */
export interface VideoFormats {
  mp4: Encoding | null;
  webm: Encoding | null;
  /** With an alpha channel, in WebM. */
  alpha: Encoding | null;
}

/**
 * Codecs by container, best first. MP4 is chosen so that every player and editor opens it, so only H.264 goes there.
 * An alpha channel is a second picture beside the first, which WebM has for VP9 and VP8.
 */
const CODECS: Record<keyof VideoFormats, readonly VideoCodec[]> = {
  mp4: ['avc'],
  webm: ['vp9', 'av1', 'vp8'],
  alpha: ['vp9', 'vp8'],
};

/** Bits a pixel and frame that keep drawn edges clean, for H.264 and VP8; the newer codecs need fewer. */
const BITS: Record<VideoQuality, number> = { small: 0.05, good: 0.12, best: 0.3 };
const NEED: Partial<Record<VideoCodec, number>> = { vp9: 0.7, av1: 0.6 };

/** The first encoder of this browser for a picture of a size at a rate. */
export async function encodingFor(
  kind: keyof VideoFormats,
  picture: Size,
  rate: number,
  quality: VideoQuality,
): Promise<Encoding | null> {
  for (const codec of CODECS[kind]) {
    const size = codec === 'avc' ? even(picture) : picture;
    const bits = size.width * size.height * Math.min(120, rate) * BITS[quality] * (NEED[codec] ?? 1);
    const bitrate = Math.round(Math.max(150_000, bits));
    const options = { ...size, frameRate: rate, quality: qualityOf(bitrate) };
    if (typeof VideoEncoder !== 'undefined' && (await canEncodeVideo(codec, options)))
      return { codec, size, bitrate };
  }
  return null;
}

export const qualityOf = (bitrate: number): Quality => new Quality({ bitrate, bitrateMode: 'variable' });

/** What can be offered for a clip, at good quality. */
export async function videoFormats(picture: Size, rate: number): Promise<VideoFormats> {
  const [mp4, webm, alpha] = await Promise.all(
    (['mp4', 'webm', 'alpha'] as const).map((kind) => encodingFor(kind, picture, rate, 'good')),
  );
  return { mp4: mp4 ?? null, webm: webm ?? null, alpha: alpha ?? null };
}

/** @throws export/no-encoder */
export async function encodingOrFail(
  container: Container,
  alpha: boolean,
  picture: Size,
  rate: number,
  quality: VideoQuality,
): Promise<Encoding> {
  const encoding = await encodingFor(alpha ? 'alpha' : container, picture, rate, quality);
  if (encoding) return encoding;
  const { width, height } = picture;
  throw failure('export/no-encoder', {
    container: container === 'mp4' ? 'MP4 (H.264)' : 'WebM',
    width,
    height,
  });
}

const even = ({ width, height }: Size): Size => ({
  width: width + (width % 2),
  height: height + (height % 2),
});
