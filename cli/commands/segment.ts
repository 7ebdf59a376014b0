import { join, resolve } from 'node:path';
import { davisPalette, MOST_INDICES } from '../../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../../src/engine/settings/run.ts';
import type { MaskOrder } from '../../src/headless.ts';
import { defineCommand, type Io, usage } from '../command.ts';
import { type Engine, startEngine } from '../engine.ts';
import { clipFiles, maskNames } from '../inputs.ts';
import { chooseModel, modelOptions } from '../models/choose.ts';
import { type Numbered, numberForeground, numberObjects } from '../objects.ts';
import { progressText } from '../progress.ts';
import { runOptions, typedOutlines, typedSettings } from '../settings.ts';
import { makeFolder, writeWhole } from '../write.ts';

export const command = defineCommand({
  name: 'segment',
  summary: 'Writes the masks of every object in a clip',
  usage: 'CLIP_OR_FOLDER --out DIR [OPTIONS]',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'DIR',
      help: 'folder for the masks (indexed PNG) and run.json',
    },
    ...modelOptions,
    ...runOptions,
    'max-objects': { type: 'string', value: 'N', help: `keep the N largest objects, up to ${MOST_INDICES}` },
    single: { type: 'boolean', help: 'one foreground: all that is not background, found with a coarser tau' },
    background: { type: 'boolean', help: 'number the clusters that count as background too, rather than 0' },
  },

  async run({ values, positionals }, io) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw usage('segment', 'Give one video file or folder of frames.');
    if (values.out === undefined) throw usage('segment', 'Say where the masks go: --out DIR.');
    const typed = typedSettings('segment', values);
    const most = mostObjects(values['max-objects']);
    const everything = values.background === true;
    const single = values.single === true;
    if (single && (everything || values['max-objects'] !== undefined))
      throw usage('segment', '--single makes one object: leave --background and --max-objects out.');
    const look = typedOutlines('segment', values);
    const files = await clipFiles(path);
    await makeFolder(values.out);

    const model = await chooseModel('segment', values.model, values, io);
    const engine = await startEngine(io, (progress) => io.progress(progressText(progress)), [model]);
    try {
      const record = await segment(engine, io, {
        files,
        out: values.out,
        model: model.entry.id,
        typed,
        most,
        everything,
        single,
        look,
      });
      io.result(record, summary(record));
    } finally {
      await engine.close();
    }
    return 0;
  },
});

interface Order {
  files: string[];
  out: string;
  model: string;
  typed: Partial<RunSettings>;
  most: number;
  everything: boolean;
  single: boolean;
  look: Pick<MaskOrder, 'edges'>;
}

/** What run.json says. */
type RunRecord = Awaited<ReturnType<typeof segment>>;

async function segment(engine: Engine, io: Io, order: Order) {
  const { files, out, model, typed, most, everything, single, look } = order;
  const started = performance.now();
  const { timestamps, ...clip } = await engine.call('open', files.map(engine.offer));
  for (const note of clip.notes) io.note(note);
  const { settings } = await engine.call('suggest', model, typed.device ?? 'auto');
  const tau = single ? await tauSingle(engine, model) : settings.tau;
  const { foreground, ...report } = await engine.call('run', { ...settings, tau, ...typed });

  for (const note of report.notes) io.note(note);

  const numbered = single
    ? numberForeground(report.clusters, foreground)
    : numberObjects(report.clusters, most, everything);
  const names = maskNames(files, clip.frameCount);
  const { frames } = report;
  const { width, height } = clip;
  let written = 0;
  await engine.masks({ frames, width, height, objectOf: numbered.objectOf, ...look }, async (frame, png) => {
    const file = join(out, names[frame]!);
    await writeWhole(file, png);
    io.progress(`writing masks: ${++written} of ${frames.length}`);
  });
  if (numbered.objects.length === 0) io.note('All that was found counts as background: the masks are empty.');
  if (numbered.leftOut > 0)
    io.note(`${numbered.leftOut} smaller objects were left out (--max-objects ${most}).`);

  const record = {
    clip,
    out: resolve(out),
    seconds: (performance.now() - started) / 1000,
    ...report,
    frames: frames.map((frame) => ({ frame, time: timestamps[frame]!, mask: names[frame]! })),
    single,
    objects: objectList(numbered),
    leftOut: numbered.leftOut,
    memory: { ...report.memory, tabPeakBytes: await engine.peakMemory() },
  };
  const file = join(out, 'run.json');
  await writeWhole(file, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The model's τ for one foreground (App. B). */
async function tauSingle(engine: Engine, model: string): Promise<number> {
  const models = await engine.call('models');
  return models.find(({ id }) => id === model)!.defaults.tauSingle;
}

function mostObjects(text: string | undefined): number {
  if (text === undefined) return MOST_INDICES;
  const most = Number(text);
  if (Number.isInteger(most) && most >= 1 && most <= MOST_INDICES) return most;
  throw usage(
    'segment',
    `--max-objects is ${text}, but it has to be from 1 to ${MOST_INDICES}, the most that an indexed PNG holds.`,
  );
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

function summary({ out, frames, objects, levels, seconds, device }: RunRecord): string {
  const found = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'} in ${frames.length} frames`;
  return `${found} (clusters ${levels.join(' → ')}), ${seconds.toFixed(1)} s on ${device.device}: ${out}`;
}
