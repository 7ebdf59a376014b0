// node --import tsx bench/effects.ts: how much of the CPU's time it takes to make effects of one frame, by the compositor that runs where
// there is no fast WebGL. Prints a table and keeps it in bench/README.md.
import { loadavg } from 'node:os';
import { composite, type Looks, sceneOf } from '../src/engine/mask/compositor.ts';
import { type Effects, USUAL_EFFECTS } from '../src/engine/mask/effects.ts';
import { keepTable, line, machine, README } from './figures.ts';

/** The largest that the stage paints, and a frame of HD as exports have it. */
const SIZES = [
  [1024, 576],
  [1280, 720],
] as const;
const TIMES = 15;
const AS_THEY_ARE: Looks = ['none', 'none'];
const CASES: readonly (readonly [string, Partial<Effects>, Looks])[] = [
  ['background dimmed', { background: 'dim' }, AS_THEY_ARE],
  ['background grey', { background: 'grey' }, AS_THEY_ARE],
  ['background in one colour', { background: 'colour' }, AS_THEY_ARE],
  ['background blurred', { background: 'blur' }, AS_THEY_ARE],
  ['the same, soft edge of 32 pixels', { background: 'blur', feather: 32 }, AS_THEY_ARE],
  ['objects pixelated', {}, ['pixelate', 'pixelate']],
  ['objects blurred', {}, ['blur', 'blur']],
];

/** Two objects, a wavy disc and a disc, over a third of the picture. */
function sceneAt(width: number, height: number, effects: Partial<Effects>, looks: Looks) {
  const labels = Uint16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const from = (share: number) => Math.hypot(x - share * width, y - height / 2) / height;
    if (from(0.4) < 0.3 + 0.01 * Math.sin(x / 7)) return 0;
    return from(0.75) < 0.2 ? 1 : 2;
  });
  return sceneOf({ width, height, labels }, null, looks, { ...USUAL_EFFECTS, ...effects }, 1);
}

const [load] = loadavg();
const rows: string[][] = [];
for (const [width, height] of SIZES) {
  const picture = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : 7 * i,
  );
  for (const [name, effects, looks] of CASES) {
    const scene = sceneAt(width, height, effects, looks);
    const times: number[] = [];
    for (let time = 0; time < TIMES; time++) {
      const pixels = picture.slice();
      const before = process.cpuUsage().user;
      composite(pixels, scene);
      times.push((process.cpuUsage().user - before) / 1000);
    }
    times.sort((a, b) => a - b);
    const shown = (at: number) => times[at]!.toFixed(1);
    rows.push([`${width} × ${height}`, name, shown(0), shown(Math.floor(TIMES / 2))]);
  }
}
const head = ['picture', 'effect', 'least ms', 'median ms'];
const table = [
  ...machine(load!),
  '',
  line(head),
  line(head.map((_, place) => (place < 2 ? '---' : '---:'))),
  ...rows.map(line),
].join('\n');
console.log(table);
await keepTable(README, 'bench/effects.ts', table);
