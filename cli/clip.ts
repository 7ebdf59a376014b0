import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ExportKind } from '../src/engine/export/formats/index.ts';
import { davisPalette } from '../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../src/engine/settings/run.ts';
import type { MaskOrder } from '../src/headless.ts';
import type { Io } from './command.ts';
import type { Engine } from './engine.ts';
import { maskNames } from './inputs.ts';
import { type Numbered, numberForeground, numberObjects } from './objects.ts';
import { followedIn, writeWhole, writing } from './write.ts';

/** How clips are segmented, and what is written. */
export interface Manner {
  /** Id of the model. */
  model: string;
  typed: Partial<RunSettings>;
  /** Most objects, the largest first. */
  most: number;
  /** Clusters that count as background are numbered too. */
  everything: boolean;
  /** One foreground. */
  single: boolean;
  /** Frames that were propagated by motion get no mask. */
  onlyAnalysed: boolean;
  look: Pick<MaskOrder, 'edges'>;
  exports: readonly ExportKind[];
}

export interface ClipOrder {
  files: readonly string[];
  /** Existing folder to write into. */
  folder: string;
  /** The folder's place once it is complete. */
  place: string;
  /** Of all that decides the output. */
  digest: string;
  /** Existing masks, of an earlier run with the same digest. */
  there: ReadonlySet<string>;
}

/** Content of run.json. */
export type RunRecord = Awaited<ReturnType<typeof segmentClip>>;

/** Writes a clip's masks, exports and, last, run.json. Throws what the engine throws, `cli/cannot-write`. */
export async function segmentClip(engine: Engine, io: Io, manner: Manner, order: ClipOrder) {
  const started = performance.now();
  const { model, typed, most, everything, single, onlyAnalysed, look } = manner;
  const { files, folder, place, digest, there } = order;
  const { timestamps, ...clip } = await engine.call(
    'open',
    files.map(engine.offer),
    engine.keep(followedIn(folder)),
  );
  for (const note of clip.notes) io.note(note);
  const { settings } = await engine.call('suggest', model, typed.device ?? 'auto');
  const tau = single ? await tauSingle(engine, model) : settings.tau;
  const { foreground, analysed, ...report } = await engine.call('run', { ...settings, tau, ...typed });

  for (const note of report.notes) io.note(note);
  if (report.samples === null && report.settings.stride > 1)
    io.note('Frames between those that were analysed have no masks: --stride 1 analyses every frame.');

  const numbered = single
    ? numberForeground(report.clusters, foreground)
    : numberObjects(report.clusters, most, everything);
  const names = maskNames(files, clip.frameCount);
  const frames = report.frames
    .map((frame, place) => ({
      frame,
      time: timestamps[frame]!,
      mask: names[frame]!,
      analysed: analysed[place]!,
    }))
    .filter(({ analysed }) => analysed || !onlyAnalysed);
  const { width, height } = clip;
  const { objectOf } = numbered;
  const missing = frames.filter(({ mask }) => !there.has(mask)).map(({ frame }) => frame);
  let written = frames.length - missing.length;
  await engine.masks({ frames: missing, width, height, objectOf, ...look }, async (frame, png) => {
    await writeWhole(join(folder, names[frame]!), png);
    io.progress(`writing masks: ${++written} of ${frames.length}`);
  });
  const exports =
    numbered.objects.length === 0 ? [] : await writeExports(engine, io, manner, objectOf, folder);
  if (numbered.objects.length === 0) io.note('All that was found counts as background: the masks are empty.');
  if (numbered.leftOut > 0)
    io.note(`${numbered.leftOut} smaller objects were left out (--max-objects ${most}).`);

  const record = {
    clip,
    out: resolve(place),
    digest,
    seconds: (performance.now() - started) / 1000,
    ...report,
    frames,
    single,
    objects: objectList(numbered),
    leftOut: numbered.leftOut,
    exports,
    memory: { ...report.memory, tabPeakBytes: (await engine.memory())?.peak ?? null },
  };
  await writeWhole(join(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** Writes the exports, of the objects in the masks, as the page does; returns the files' names. */
async function writeExports(
  engine: Engine,
  io: Io,
  { exports, look }: Manner,
  objectOf: number[],
  folder: string,
): Promise<{ kind: ExportKind; file: string }[]> {
  const files: { kind: ExportKind; file: string }[] = [];
  for (const kind of exports) {
    io.progress(`exporting ${kind}`);
    // The browser chooses a video's container, so its name is known afterwards.
    const made = join(folder, 'export');
    let file = '';
    await engine.receive(
      async (_, body) => writeWhole(made, body),
      async (url) => {
        const { name, notes } = await engine.call('export', { kind, objectOf, ...look, url });
        for (const note of notes) io.note(note);
        file = name;
      },
    );
    await writing(file, () => rename(made, join(folder, file)));
    files.push({ kind, file });
  }
  return files;
}

/** The model's τ for one foreground (App. B). */
async function tauSingle(engine: Engine, model: string): Promise<number> {
  const models = await engine.call('models');
  return models.find(({ id }) => id === model)!.defaults.tauSingle;
}

/** The objects as run.json lists them: the number is the index in the masks, the colour theirs in the palette. */
function objectList({ objects, objectOf }: Numbered) {
  const palette = davisPalette();
  return objects.map((cluster, place) => ({
    object: place + 1,
    colour: `#${Buffer.from(palette.subarray(3 * place + 3, 3 * place + 6)).toString('hex')}`,
    clusters: [...objectOf.keys()].filter((id) => objectOf[id] === place + 1),
    tokens: cluster.tokens,
    share: cluster.share,
    frames: cluster.frames,
    border: cluster.border,
    background: cluster.background,
  }));
}
