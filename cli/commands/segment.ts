import { resolve } from 'node:path';
import { MOST_INDICES } from '../../src/engine/mask/mask-png.ts';
import type { RunSettings } from '../../src/engine/settings/run.ts';
import { throttled } from '../../src/lib/task.ts';
import { type Manner, type RunRecord, segmentClip } from '../clip.ts';
import { defineCommand, type Io, usage } from '../command.ts';
import { type Chosen, type Engine, startEngine } from '../engine.ts';
import { asFailure } from '../errors.ts';
import { exportOption, typedExports } from '../exports.ts';
import { clipFiles } from '../inputs.ts';
import { findClips, isOneClip } from '../many/clips.ts';
import { digestOf } from '../many/digest.ts';
import { closeAlone, isBegun, openAlone, sizesOf, wholeAlone } from '../many/folder.ts';
import { type Index, type Row, tableOf, writeIndex } from '../many/index-file.ts';
import { inTime, isWorthKeeping, segmentMany, type Worker } from '../many/run.ts';
import { type Shard, shardOf, typedShard } from '../many/shard.ts';
import { chooseModel, modelOptions } from '../models/choose.ts';
import { progressText } from '../progress.ts';
import { runOptions, typedOutlines, typedSettings } from '../settings.ts';
import { version } from '../version.ts';
import { makeFolder } from '../write.ts';

/** Milliseconds between two writes of the index, which is large with thousands of clips. */
const INDEX_INTERVAL = 2000;

export const command = defineCommand({
  name: 'segment',
  summary: 'Writes the masks of every object in a clip, or in many',
  usage: 'CLIPS… --out DIR [OPTIONS]',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'DIR',
      help: 'folder for the masks (indexed PNG) and run.json; of several clips, for a folder each',
    },
    list: { type: 'string', value: 'FILE', help: 'clips, one per line; after a tab a name of its own' },
    ...exportOption,
    shard: {
      type: 'string',
      value: 'I/N',
      help: 'only the I-th of N parts; auto: as Slurm, Kubernetes or AWS Batch says (auto/N)',
    },
    timeout: { type: 'string', value: 'SECONDS', help: 'skip a clip that takes longer' },
    resume: { type: 'boolean', help: 'go on where the same call was cut short; what is done stays' },
    'fail-fast': { type: 'boolean', help: 'end with the first clip that fails' },
    ...modelOptions,
    ...runOptions,
    'max-objects': { type: 'string', value: 'N', help: `keep the N largest objects, up to ${MOST_INDICES}` },
    single: {
      type: 'boolean',
      help: 'one foreground: everything but the background, found with a coarser tau',
    },
    'only-analysed': { type: 'boolean', help: 'write no masks for frames that were propagated by motion' },
    background: { type: 'boolean', help: 'number the clusters that count as background too, rather than 0' },
  },

  async run({ values, positionals }, io) {
    const { out, list } = values;
    const [path] = positionals;
    if (path === undefined && list === undefined)
      throw usage('segment', 'Give video files, folders of them or of frames, or --list FILE.');
    if (out === undefined) throw usage('segment', 'Say where the masks go: --out DIR.');
    const typed = typedSettings('segment', values);
    const most = mostObjects(values['max-objects']);
    const everything = values.background === true;
    const single = values.single === true;
    if (single && (everything || values['max-objects'] !== undefined))
      throw usage('segment', '--single makes one object: leave --background and --max-objects out.');
    const look = typedOutlines('segment', values);
    const exports = typedExports('segment', values.export);
    const shard = typedShard('segment', values.shard, process.env);
    const timeout = typedTimeout(values.timeout);
    const onlyAnalysed = values['only-analysed'] === true;
    const manner = { typed, most, everything, single, onlyAnalysed, look, exports };

    const one =
      path !== undefined && positionals.length === 1 && list === undefined && shard === null
        ? (await isOneClip(path)) && path
        : false;
    const clips = one === false ? await findClips(positionals, list) : [];
    const files = one === false ? [] : await clipFiles(one);
    await makeFolder(out);
    const model = await chooseModel('segment', values.model, values, io);
    const whole: Manner = { ...manner, model: model.entry.id };
    const worker = engineWorker(model, whole, io);
    try {
      const device = await worker.device(typed.device ?? 'auto');
      const making = { ...manner, typed: { ...typed, device }, model: model.entry, edges: look.edges };
      const digest = (sizes: readonly number[]) => digestOf({ version: version(), ...making }, sizes);
      if (one !== false) {
        const made = digest(await sizesOf(files));
        const resume = values.resume === true;
        const done = resume ? await wholeAlone(out, made) : null;
        if (done !== null) {
          const record = JSON.parse(done) as RunRecord;
          io.result(record, summary(record));
          return 0;
        }
        if (resume && !(await isBegun(out, made)))
          io.note(
            `${out} holds nothing of the same clip, options and device to continue from: it is begun anew.`,
          );
        const engine = await worker.engine();
        const there = await openAlone(out, made);
        const clip = { files, folder: out, place: out, digest: made, there };
        const work = segmentClip(engine, io, whole, clip);
        const record = await inTime(timeout, one, work).catch(async (thrown: unknown) => {
          if (!isWorthKeeping(thrown)) await closeAlone(out).catch(() => {});
          throw thrown;
        });
        await closeAlone(out);
        io.result(record, summary(record));
        return 0;
      }
      const mine = shard ? clips.filter(({ name }) => shardOf(name, shard.of) === shard.index) : clips;
      const names = [...new Set(clips.map(({ name }) => name))];
      const index = indexWriter(out, shard, names, io);
      const failFast = values['fail-fast'] === true;
      const order = { clips: mine, out, digestOf: digest, failFast, timeout, onRows: index.later };
      const rows = await segmentMany(order, worker, io);
      const written = await index.now();
      io.result({ shard, names, clips: rows } satisfies Index, manySummary(rows, mine.length, out));
      return written && rows.length === mine.length && rows.every(({ error }) => error === null) ? 0 : 1;
    } finally {
      await worker.close();
    }
  },
});

/** One engine, started when it is first needed, for one clip after another. */
function engineWorker(model: Chosen, manner: Manner, io: Io) {
  let engine: Engine | null = null;
  let speak: (text: string) => void = io.progress;
  const started = async () => {
    engine ??= await startEngine(io, (progress) => speak(progressText(progress)), [model]);
    return engine;
  };
  const close = async () => {
    const old = engine;
    engine = null;
    await old?.close();
  };
  const worker: Worker = {
    async segment({ name: _, ...order }, reports) {
      speak = reports.progress;
      const { frames, objects, seconds } = await segmentClip(await started(), reports, manner, order);
      return { frames: frames.length, objects: objects.length, seconds };
    },
    renew: close,
  };
  /** The device that is chosen on this machine. */
  const device = async (choice: RunSettings['device']) =>
    choice === 'auto' ? (await (await started()).call('device')).device : choice;
  return { ...worker, engine: started, device, close };
}

/** Writes the index at intervals. A failure to write it is reported once, and does not stop the work. */
function indexWriter(out: string, shard: Shard | null, names: string[], io: Io) {
  let rows: readonly Row[] = [];
  let fails = false;
  const due = throttled(INDEX_INTERVAL);
  const now = async (): Promise<boolean> => {
    try {
      await writeIndex(out, { shard, names, clips: [...rows] });
      fails = false;
    } catch (thrown) {
      const { message, todo, code } = asFailure(thrown);
      if (!fails) io.note(`${message} ${todo} [${code}]`);
      fails = true;
    }
    return !fails;
  };
  return {
    now,
    async later(next: readonly Row[]) {
      rows = next;
      if (due()) await now();
    },
  };
}

/** Throws `cli/usage`. */
function typedTimeout(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 1e6) return seconds;
  throw usage('segment', `--timeout is ${text}, but it has to be a number of seconds, above 0.`);
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

function summary({ out, frames, objects, levels, seconds, device }: RunRecord): string {
  const found = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'} in ${frames.length} frames`;
  return `${found} (clusters ${levels.join(' → ')}), ${seconds.toFixed(1)} s on ${device.device}: ${out}`;
}

function manySummary(rows: readonly Row[], all: number, out: string): string {
  const done = rows.filter(({ error }) => error === null).length;
  return `${tableOf(rows)}\n\n${done} of ${all} clips done: ${resolve(out)}`;
}
