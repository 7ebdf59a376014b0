import { readFile } from 'node:fs/promises';
import { VERSION } from '../../src/app/project/document.ts';
import { writeProject } from '../../src/app/project/file.ts';
import { USUAL_EFFECTS } from '../../src/engine/mask/effects.ts';
import { encodeMask } from '../../src/engine/mask/mask-png.ts';
import { writeSafetensors } from '../../src/engine/weights/safetensors.ts';
import { encodePng } from '../../src/lib/png.ts';
import { runSettings } from '../../test/run-settings.ts';

export type Kind = 'safetensors' | 'checkpoint' | 'training' | 'mask' | 'annotations' | 'project';
export type Bytes = Uint8Array<ArrayBuffer>;

const golden = async (name: string): Promise<Bytes> =>
  Uint8Array.from(await readFile(new URL(`../../test/fixtures/goldens/${name}`, import.meta.url)));

/** Whole files of every kind, small enough to be read in a moment. */
export async function wholeFiles(): Promise<{ kind: Kind; bytes: Bytes }[]> {
  const side = 24;
  const labels = Uint16Array.from({ length: side * side }, (_, i) => Math.floor(i / 100));
  const map = { width: side, height: side };
  const samples = Uint8Array.from({ length: 3 * side * side }, (_, i) => 80 * (Math.floor(i / 300) % 4));
  const text = (content: string): Bytes => new TextEncoder().encode(content);
  const bmp = new Uint8Array(54 + 3 * 16);
  const head = new DataView(bmp.buffer);
  bmp.set(text('BM'));
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, 4],
    [22, 4],
  ] as const)
    head.setUint32(at, value, true);
  head.setUint16(26, 1, true);
  head.setUint16(28, 24, true);
  const annotations = {
    videos: [{ id: 1, width: 4, height: 3, file_names: ['a/0.jpg', 'a/1.jpg'] }],
    annotations: [
      {
        video_id: 1,
        segmentations: [
          { size: [3, 4], counts: [2, 4, 6] },
          { size: [3, 4], counts: '02N' },
        ],
      },
    ],
  };
  const training = {
    model: 'm',
    architecture: { dim: 8, heads: 2, hidden: 16, epsilon: 1e-5, temporalPositions: 0 },
    steps: 1,
  };
  const one = { shape: [2], data: Float32Array.of(1, 2) };
  const project = new Uint8Array(
    await (await writeProject(emptyProject, [new File(['clip'], 'a.mp4')])).arrayBuffer(),
  );
  return [
    { kind: 'safetensors', bytes: await golden('dino.weights.safetensors') },
    { kind: 'safetensors', bytes: await golden('dinov2-registers.weights.safetensors') },
    {
      kind: 'safetensors',
      bytes: writeSafetensors(new Map([['patch_embed.proj.weight', one]]), { pos_grid: '2,3', heads: '3' }),
    },
    { kind: 'checkpoint', bytes: await golden('authors-checkpoint.pth') },
    {
      kind: 'training',
      bytes: writeSafetensors(new Map([['norm1.weight', one]]), { training: JSON.stringify(training) }),
    },
    { kind: 'mask', bytes: await encodeMask({ ...map, labels }) },
    { kind: 'mask', bytes: await encodeMask({ ...map, labels: labels.map((label) => label * 100) }) },
    { kind: 'mask', bytes: await encodePng({ ...map, colour: 'rgb', samples }) },
    { kind: 'mask', bytes: Uint8Array.from([...text('P5 8 8 255\n'), ...samples.subarray(0, 64)]) },
    { kind: 'mask', bytes: Uint8Array.from([...text('P6 4 4 255\n'), ...samples.subarray(0, 48)]) },
    { kind: 'mask', bytes: bmp },
    { kind: 'annotations', bytes: text(JSON.stringify(annotations)) },
    { kind: 'project', bytes: project },
  ];
}

/** A project in which nothing was done yet. */
const emptyProject: Parameters<typeof writeProject>[0] = {
  version: VERSION,
  clip: { name: 'a.mp4', width: 64, height: 48, frameCount: 4, bytes: 4 },
  frame: 0,
  result: null,
  settings: [runSettings({ model: 'ba-tiny', height: 32, width: 32, tau: 0.2, ratio: 0.5 })],
  objects: [],
  strokes: [],
  effects: [USUAL_EFFECTS],
  classes: [[]],
  reviewed: [[]],
  now: { settings: 0, objects: [], strokes: [], effects: 0, classes: 0, reviewed: 0 },
  past: [],
  future: [],
};
