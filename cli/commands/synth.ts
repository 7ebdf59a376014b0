import { join, resolve } from 'node:path';
import { encodeMask } from '../../src/engine/mask/mask-png.ts';
import { encodePng } from '../../src/lib/png.ts';
import { renderFrame } from '../../src/synth/render.ts';
import { createScene, type Scene } from '../../src/synth/scene.ts';
import { defineCommand, type Io, usage } from '../command.ts';
import { failure } from '../errors.ts';
import { makeFolder, writeWhole } from '../write.ts';

/** Most scenes that one seed has, so that two seeds share none. */
const SCENES_A_SEED = 2 ** 20;

export const command = defineCommand({
  name: 'synth',
  summary: 'Renders clips of moving objects with the exact mask of each',
  usage: 'OUT_DIR --scenes N [OPTIONS]',
  options: {
    scenes: { type: 'string', short: 'n', value: 'N', help: 'how many clips (default 1)' },
    seed: { type: 'string', value: 'S', help: 'the same seed gives the same clips (default 0)' },
    size: { type: 'string', value: 'HxW', help: 'as in 256x256 (default 320x480)' },
    frames: { type: 'string', value: 'N', help: 'frames of a clip (default 24)' },
    objects: { type: 'string', value: 'A:B', help: 'from A to B objects a clip (default 3:7)' },
  },

  async run({ values, positionals }, io) {
    const [out, ...more] = positionals;
    if (out === undefined || more.length > 0)
      throw usage('synth', 'Give one folder to write the clips into.');
    const [scenes] = numbers('scenes', values.scenes ?? '1', /^(\d+)$/, [1, SCENES_A_SEED]);
    const [seed] = numbers('seed', values.seed ?? '0', /^(\d+)$/, [0, 2 ** 32]);
    const [height, width] = numbers('size', values.size ?? '320x480', /^(\d+)[x×](\d+)$/, [16, 4096]);
    const [frames] = numbers('frames', values.frames ?? '24', /^(\d+)$/, [1, 100_000]);
    const [fewest, most] = numbers('objects', values.objects ?? '3:7', /^(\d+):(\d+)$/, [1, 20]);
    if (fewest! > most!) throw usage('synth', `--objects is ${values.objects}, but it has to be few:many.`);

    const started = performance.now();
    for (let i = 0; i < scenes!; i++) {
      const scene = createScene({
        seed: seed! * SCENES_A_SEED + i,
        frames: frames!,
        objects: [fewest!, most!],
      });
      const folder = join(out, `scene-${String(i).padStart(5, '0')}`);
      await writeScene(scene, folder, height!, width!, io, `scene ${i + 1} of ${scenes}`);
    }
    const seconds = (performance.now() - started) / 1000;
    const clips = scenes === 1 ? '1 clip' : `${scenes} clips`;
    io.result(
      { out: resolve(out), scenes, seed, height, width, frames, seconds },
      `${clips} of ${frames} frames in ${seconds.toFixed(1)} s: ${resolve(out)}`,
    );
    return 0;
  },
});

/** frames/, masks/ (one label per object, from 1) and scene.json, which describes the scene completely. */
async function writeScene(
  scene: Scene,
  folder: string,
  height: number,
  width: number,
  io: Io,
  label: string,
) {
  for (const name of ['frames', 'masks']) await makeFolder(join(folder, name));
  const pixels = scene.objects.map((): number[] => []);
  for (const frame of scene.cameras.keys()) {
    if (io.signal.aborted) throw failure('run/cancelled');
    io.progress(`${label}: frame ${frame + 1} of ${scene.cameras.length}`);
    const rendered = renderFrame(scene, frame, width, height);
    const name = `${String(frame).padStart(5, '0')}.png`;
    const picture = await encodePng({ width, height, colour: 'rgb', samples: rendered.rgb });
    await writeWhole(join(folder, 'frames', name), picture);
    await writeWhole(join(folder, 'masks', name), await encodeMask(rendered));
    const counts = new Uint32Array(scene.objects.length + 1);
    for (const object of rendered.labels) counts[object]!++;
    for (const [i, list] of pixels.entries()) list.push(counts[i + 1]!);
  }
  const objects = scene.objects.map((object, i) => ({ label: i + 1, ...object, pixels: pixels[i]! }));
  await writeWhole(join(folder, 'scene.json'), `${JSON.stringify({ height, width, ...scene, objects })}\n`);
}

function numbers(name: string, text: string, pattern: RegExp, [low, high]: [number, number]): number[] {
  const found = pattern.exec(text)?.slice(1).map(Number);
  if (found?.every((value) => value >= low && value <= high)) return found;
  throw usage('synth', `--${name} is ${text}, which is no such thing, or not within ${low} and ${high}.`);
}
