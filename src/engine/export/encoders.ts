import { canEncodeVideo, Quality, type VideoCodec } from 'mediabunny';
import type { Size } from '../../lib/size.ts';
import { failure } from './errors.ts';
import type { Container, VideoQuality } from './types.ts';

/** How a video will be encoded. */
export interface Encoding {
  codec: VideoCodec;
  /** What is encoded: as large as the picture, or a pixel more where the codec takes even sizes only. */
  size: Size;
  /** Bits a second. */
  bitrate: number;
}

/** How this browser would encode a clip; null where it cannot. */
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
/** Bits a second. Below 160 000 tiny pictures get H.264 level 1b, which Chromium writes but does not read. */
const LEAST = 200_000;

/** The first encoder of this browser for a picture of a size at a rate. */
async function encodingFor(
  kind: keyof VideoFormats,
  picture: Size,
  rate: number,
  quality: VideoQuality,
): Promise<Encoding | null> {
  for (const codec of CODECS[kind]) {
    const size = codec === 'avc' ? even(picture) : picture;
    const bits = size.width * size.height * Math.min(120, rate) * BITS[quality] * (NEED[codec] ?? 1);
    const bitrate = Math.round(Math.max(LEAST, bits));
    const options = { ...size, frameRate: rate, quality: qualityOf(bitrate) };
    if (typeof VideoEncoder !== 'undefined' && (await canEncodeVideo(codec, options)))
      return { codec, size, bitrate };
  }
  return null;
}

export const qualityOf = (bitrate: number): Quality => new Quality({ bitrate, bitrateMode: 'variable' });

/** What can be offered for a clip. */
export async function videoFormats(
  picture: Size,
  rate: number,
  quality: VideoQuality,
): Promise<VideoFormats> {
  return {
    mp4: await encodingFor('mp4', picture, rate, quality),
    webm: await encodingFor('webm', picture, rate, quality),
    alpha: await encodingFor('alpha', picture, rate, quality),
  };
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
