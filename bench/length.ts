// node --import tsx bench/length.ts [CLIP]: follows a long clip to its last frame at the settings that the app suggests, and keeps in
// bench/following.md what the first 500, 1,000, 2,000 and all frames took: time a frame, and memory of the tab.

import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { startEngine } from '../cli/engine.ts';
import { createIo } from '../cli/io.ts';
import { root } from '../scripts/build.ts';
import type { Progress } from '../src/engine/session/result.ts';
import { keepTable, line, machine } from './figures.ts';

const CLIP = process.argv[2] ?? join(root, '../shared/data/clips/dlc_openfield_mouse.mp4');
const REPORTED_AT = [500, 1000, 2000];

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const io = createIo({ json: false, quiet: false, signal: stop.signal });
const load = loadavg()[0] ?? 0;

interface Mark {
  frames: number;
  /** Seconds since the first frame was followed. */
  seconds: number;
  memory: { now: number; peak: number } | null;
}

const marks: Mark[] = [];
let began = 0;
let found = 0;
const started = performance.now();
const seconds = (since: number) => (performance.now() - since) / 1000;
const reported: Promise<void>[] = [];

async function mark(frames: number): Promise<void> {
  const place: Mark = { frames, seconds: seconds(began), memory: null };
  marks.push(place);
  place.memory = await engine.memory();
  io.note(`${frames} frames · ${place.seconds.toFixed(0)} s · ${megabytes(place.memory?.now)} MB`);
}

function onProgress({ stage, done }: Progress): void {
  if (stage !== 'follow') return;
  if (began === 0) {
    began = performance.now();
    found = seconds(started);
  }
  const due = REPORTED_AT[marks.length];
  if (due !== undefined && done >= due) reported.push(mark(done));
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? 'unknown' : (bytes / 1e6).toFixed(0));

const engine = await startEngine(io, onProgress);
const { frameCount, width, height } = await engine.call('open', [engine.offer(CLIP)]);
const [model] = await engine.call('models');
const { settings } = await engine.call('suggest', model!.id, 'auto');
await engine.call('run', settings);
await mark(frameCount);
await Promise.all(reported);
await engine.close();

const rows = marks.map(({ frames, seconds, memory }, place) => {
  const before = marks[place - 1] ?? { frames: 0, seconds: 0 };
  const each = (1000 * (seconds - before.seconds)) / (frames - before.frames);
  return [
    String(frames),
    seconds.toFixed(0),
    each.toFixed(0),
    megabytes(memory?.now),
    megabytes(memory?.peak),
  ];
});
const table = [
  ...machine(load),
  `- ${basename(CLIP)}, ${width} × ${height}, ${frameCount} frames; model started, clip opened and objects found after ${found.toFixed(0)} s`,
  '',
  line(['frames', 's', 'ms a frame, since the row above', 'tab MB', 'most so far, MB']),
  line(['---:', '---:', '---:', '---:', '---:']),
  ...rows.map(line),
].join('\n');
console.log(table);
await keepTable(join(root, 'bench/following.md'), 'bench/length.ts', table);
process.exit(0);
