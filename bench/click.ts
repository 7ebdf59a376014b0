// node --import tsx bench/click.ts [SEQUENCE …]: one click on the object of every DAVIS-2016 sequence that is here, at the
// innermost pixel of its truth in the first frame; J over all frames of what the click gives, by the ways to draw its outline
// that there are, beside the run's own objects. Prints a table and keeps it in bench/click.md.
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from '../cli/engine.ts';
import { clipFrames, openSequence } from '../cli/evaluation.ts';
import { folderSource } from '../cli/files.ts';
import { createIo } from '../cli/io.ts';
import { chooseModel } from '../cli/models/choose.ts';
import { root } from '../scripts/build.ts';
import { innerPoints } from '../src/engine/export/inner-points.ts';
import { decodeMask } from '../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../src/engine/settings/run.ts';
import { openDataset } from '../src/evaluate/datasets.ts';
import { openMasks } from '../src/evaluate/masks.ts';
import type { DatasetSequence } from '../src/evaluate/sequences.ts';
import type { ClickOrder, MaskOrder } from '../src/headless.ts';
import { percent } from './davis.ts';
import { keepTable, line, machine } from './figures.ts';

const FOLDER = join(root, '../shared/data/davis-2016');
const PAGE = join(root, 'bench/click.md');
/** The model that comes with the page. */
const MODEL = 'ba-tiny-v0';

/** Ways to draw what a click gives. */
const WAYS: Record<string, Pick<ClickOrder, 'edges'>> = {
  'one click': {},
  'one click, smooth outline': { edges: false },
};

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const io = createIo({ json: false, quiet: false, signal: stop.signal });

interface Truth {
  width: number;
  height: number;
  /** Whether each pixel is the object's, a frame. */
  frames: Uint8Array[];
}

async function truthOf(
  sequence: DatasetSequence,
  source: Awaited<ReturnType<typeof folderSource>>,
): Promise<Truth> {
  const truths = clipFrames(sequence).map(({ truth }) => truth!);
  const masks = await openMasks(truths, source, { truth: true });
  const all = await Promise.all(truths.map((truth) => masks.read(truth)));
  const [{ width, height }] = all as [(typeof all)[number]];
  return {
    width,
    height,
    frames: all.map(({ labels }) => Uint8Array.from(labels, (label) => Number(label > 0))),
  };
}

/** |a ∩ b| / |a ∪ b|; 1 where both are empty. */
function overlap(a: ArrayLike<number>, b: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    both += Number(a[i]! > 0 && b[i] === 1);
    either += Number(a[i]! > 0 || b[i] === 1);
  }
  return either === 0 ? 1 : both / either;
}

/** Mean J over all frames of masks that the engine hands over. */
async function meanJ(
  engine: Engine,
  truth: Truth,
  order: (url: string) => Promise<unknown>,
): Promise<number> {
  let sum = 0;
  await engine.receive(
    async (frame, png) => {
      const { labels } = await decodeMask(png, String(frame));
      sum += overlap(labels, truth.frames[frame]!);
    },
    async (url) => void (await order(url)),
  );
  return sum / truth.frames.length;
}

async function measure(engine: Engine, name: string, truth: Truth, settings: RunSettings): Promise<string[]> {
  const report = await engine.call('run', settings);
  const { width, height } = truth;
  const [[[x, y]]] = innerPoints(
    Uint16Array.from(truth.frames[0]!, (own) => 1 - own),
    width,
    1,
  ) as [[[number, number]]];
  const clicks = [{ frame: 0, x: (x + 0.5) / width, y: (y + 0.5) / height, positive: true }];
  const size = { frames: report.frames, width, height };
  const row = [name, String(truth.frames.length)];
  const objects = (objectOf: number[]) =>
    meanJ(engine, truth, (url) => engine.call('masks', { ...size, objectOf, url } satisfies MaskOrder));
  // What a user has without a prompt: all that is not background, and the one object under the click.
  row.push(percent(await objects(report.clusters.map(({ background }) => Number(!background)))));
  let under = -1;
  await engine.receive(
    async (_, png) => {
      const { labels } = await decodeMask(png, name);
      under = labels[y * width + x]! - 1;
    },
    (url) =>
      engine.call('masks', { ...size, frames: [0], objectOf: report.clusters.map((_, id) => id + 1), url }),
  );
  row.push(percent(await objects(report.clusters.map((_, id) => Number(id === under)))));
  let spent = 0;
  for (const way of Object.values(WAYS)) {
    let reported = { milliseconds: 0 };
    const J = await meanJ(engine, truth, async (url) => {
      reported = await engine.call('clicked', { ...size, clicks, ...way, url });
    });
    spent = Math.max(spent, reported.milliseconds);
    row.push(percent(J));
  }
  return [...row, spent.toFixed(0)];
}

const HEAD = [
  'sequence',
  'frames',
  'all that is found',
  'object under the click',
  ...Object.keys(WAYS),
  'ms',
];

async function report(): Promise<string | null> {
  if (!existsSync(FOLDER)) {
    io.note(`Nothing is measured, since DAVIS-2016 is not here: ${FOLDER}`);
    return null;
  }
  const asked = process.argv.slice(2);
  const [load] = loadavg();
  const source = await folderSource(FOLDER);
  const { sequences } = await openDataset(source);
  const model = await chooseModel('eval', MODEL, {}, io);
  const rows: string[][] = [];
  const engine = await startEngine(io, () => {}, [model]);
  try {
    for (const sequence of sequences.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
      const truth = await truthOf(sequence, source);
      await openSequence(engine, { folder: FOLDER, source }, sequence);
      const { settings } = await engine.call('suggest', model.entry.id, 'wasm');
      rows.push(await measure(engine, sequence.name, truth, settings));
      io.note(rows.at(-1)!.join(' · '));
    }
  } finally {
    await engine.close();
  }
  const mean = (column: number) =>
    (rows.reduce((sum, row) => sum + Number(row[column]), 0) / rows.length).toFixed(1);
  const last = HEAD.length - 1;
  const means = HEAD.map((_, column) =>
    column === 0 ? 'mean' : column === 1 || column === last ? '' : mean(column),
  );
  return [
    ...machine(load!),
    '',
    line(HEAD),
    line(HEAD.map((_, place) => (place === 0 ? '---' : '---:'))),
    ...[...rows, means].map(line),
  ].join('\n');
}

const table = await report();
if (table) {
  console.log(table);
  await keepTable(PAGE, 'bench/click.ts', table);
}
process.exit(0);
