// node --import tsx bench/many.ts [time|again|all]: what many clips cost, at settings that are cheap: one warm engine against an
// engine for each, and two parts of a list side by side against one; what the tab holds after the same few clips again and
// again, and after clips of all kinds. Keeps tables in bench/README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manner, segmentClip } from '../cli/clip.ts';
import { type Engine, startEngine } from '../cli/engine.ts';
import { createIo } from '../cli/io.ts';
import { root } from '../scripts/build.ts';
import { asFailure } from '../src/lib/failure.ts';
import { keepTable, line, machine, README } from './figures.ts';

const CLIPS = join(root, '../shared/data/clips');
/** Two of each half of a list: parts go by the clips' names. */
const FEW = ['mmaction2_part0', 't2vz_2fps_ballet', 'propainter_0', 't2vz_2fps_boat'].map(
  (name) => `${name}.mp4`,
);
const OPTIONS = ['--frames', '0:4', '--size', '48x96', '--samples', '2', '--device', 'wasm'];
const TYPED = { start: 0, end: 4, height: 48, width: 96, samples: 2, device: 'wasm' } as const;
/** Clips after which memory is reported. */
const REPORT_EVERY = 12;

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const io = createIo({ json: false, quiet: true, signal: stop.signal });
const folder = await mkdtemp(join(tmpdir(), 'unprompted-many-'));
let places = 0;

const start = () => startEngine(io, () => {});

async function segment(engine: Engine, name: string): Promise<void> {
  const [model] = await engine.call('models');
  if (!model) throw new Error('No model comes with the app.');
  const manner: Manner = {
    model: model.id,
    typed: TYPED,
    most: 255,
    everything: false,
    single: false,
    onlyAnalysed: false,
    look: {},
    exports: [],
  };
  const place = join(folder, String(places++));
  await mkdir(place);
  const order = { files: [join(CLIPS, name)], folder: place, place, digest: '', there: new Set<string>() };
  await segmentClip(engine, io, manner, order);
}

/** Some clips are there to be refused. */
async function segmentOrRefuse(engine: Engine, name: string): Promise<void> {
  await segment(engine, name).catch((thrown: unknown) => {
    if (!asFailure(thrown).code.startsWith('video/')) throw thrown;
  });
}

/** Gives the most that a tab has held, in bytes. */
async function warm(names: readonly string[]): Promise<number | undefined> {
  const engine = await start();
  for (const name of names) await segmentOrRefuse(engine, name);
  const memory = await engine.memory();
  await engine.close();
  return memory?.peak;
}

/** Likewise. */
async function anEngineEach(names: readonly string[]): Promise<number | undefined> {
  let most: number | undefined;
  for (const name of names) most = Math.max(most ?? 0, (await warm([name])) ?? 0) || undefined;
  return most;
}

/** The command itself over the few clips, once for every part, all at the same time. */
async function inParts(parts: readonly string[]): Promise<undefined> {
  const list = join(folder, 'clips.txt');
  await writeFile(list, FEW.map((name) => `${join(CLIPS, name)}\n`).join(''));
  const out = join(folder, String(places++));
  const command = [join(root, 'cli/unprompted.js'), 'segment', '--list', list, '--out', out, ...OPTIONS];
  const codes = await Promise.all(
    parts.map(async (part) => {
      const child = spawn('node', [...command, '--shard', part], { stdio: 'ignore' });
      const [code] = await once(child, 'exit');
      return code;
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error(`The parts ended with ${codes.join(' and ')}.`);
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? 'unknown' : (bytes / 1e6).toFixed(0));

/** A row for every so many clips: what scripts, the tab and this process hold after them, garbage collected. */
async function held(names: readonly string[]): Promise<string[][]> {
  const engine = await start();
  const rows: string[][] = [];
  for (const [place, name] of names.entries()) {
    await segmentOrRefuse(engine, name);
    const isReported =
      place === FEW.length - 1 || place === names.length - 1 || (place + 1) % REPORT_EVERY === 0;
    if (!isReported) continue;
    const scripts = await engine.call('scriptMemory');
    const tab = await engine.memory();
    rows.push([
      String(place + 1),
      megabytes(scripts),
      megabytes(tab?.now),
      megabytes(process.memoryUsage.rss()),
    ]);
    console.log(rows.at(-1)?.join(' · '));
  }
  await engine.close();
  return rows;
}

const again = () => held(Array.from({ length: 12 }, () => FEW).flat());

/** The few first. */
async function everyClip(): Promise<string[]> {
  return [...FEW, ...(await readdir(CLIPS)).filter((name) => !FEW.includes(name)).sort()];
}

const all = async () => held([...(await everyClip()), ...FEW]);

/** A row for every way to do the clips. */
async function time(): Promise<string[][]> {
  const rows: string[][] = [];
  const clips = await everyClip();
  for (const [what, count, work] of [
    ['an engine for each clip', clips.length, () => anEngineEach(clips)],
    ['one warm engine', clips.length, () => warm(clips)],
    ['one process, its start included', FEW.length, () => inParts(['1/1'])],
    ['two parts in two processes, their start included', FEW.length, () => inParts(['1/2', '2/2'])],
  ] as const) {
    const began = performance.now();
    const most = await work();
    const seconds = (performance.now() - began) / 1000;
    rows.push([
      what,
      String(count),
      seconds.toFixed(1),
      ((3600 * count) / seconds).toFixed(0),
      megabytes(most),
    ]);
    console.log(rows.at(-1)?.join(' · '));
  }
  return rows;
}

const HELD = ['after clips', 'scripts MB', 'tab MB', 'command MB'];
const TABLES = {
  time: { rows: time, head: ['how', 'clips', 's', 'clips an hour', 'most in a tab, MB'] },
  again: { rows: again, head: HELD },
  all: { rows: all, head: HELD },
};

const [only] = process.argv.slice(2);
for (const [name, { rows, head }] of Object.entries(TABLES)) {
  if (only !== undefined && only !== name) continue;
  const load = loadavg()[0] ?? 0;
  const table = [
    ...machine(load),
    '',
    line(head),
    line(head.map((_, place) => (place === 0 ? '---' : '---:'))),
    ...(await rows()).map(line),
  ].join('\n');
  await keepTable(README, `bench/many.ts ${name}`, table);
}
await rm(folder, { recursive: true });
process.exit(0);
