/**
 * The engine for the command line: headless.html loads this in a headless browser, and cli/engine.ts calls
 * `window.unprompted`. Files come in through a file chooser, which leaves them on the disk, masks go out by POST, everything
 * else is plain data.
 */
import { proxy, type Remote, releaseProxy } from 'comlink';
import { looksOf, paintsOf, USUAL_OVERLAY } from './app/model/appearance.ts';
import { contentOf, exportObjects, USUAL_CHOICE } from './app/model/exports.ts';
import { nameOf, type VideoObject } from './app/model/objects.ts';
import { BACKGROUND_COLOUR, PALETTE } from './app/model/palette.ts';
import { type DeviceReport, reasonText } from './engine/backend/report.ts';
import { type ClusterSummary, oneForeground } from './engine/cluster/background.ts';
import { type ExportKind, fileOf } from './engine/export/formats/index.ts';
import { SOURCE } from './engine/follow/records.ts';
import { type Click, type Correction, FIRST_MADE, type Prompted } from './engine/mask/corrections.ts';
import { USUAL_EFFECTS } from './engine/mask/effects.ts';
import { encodeMask } from './engine/mask/mask-png.ts';
import type { ClipHandle, EngineApi, RunEvents, RunHandle } from './engine/session/api.ts';
import { failure } from './engine/session/errors.ts';
import { noteText } from './engine/session/notes.ts';
import type { Progress, RunResult } from './engine/session/result.ts';
import type { RunSettings } from './engine/settings/run.ts';
import { asFailure, type PlainFailure, plainFailure } from './lib/failure.ts';
import { serial } from './lib/task.ts';
import { connect } from './lib/wire.ts';
import { TRAINING_POSTS, type TrainingEvent, type TrainingPost } from './train/events.ts';
import type { TrainerApi, TrainingListener, TrainingOrder } from './train/trainer.ts';

/** A file of the command line: its place among those that it offers. */
export type Input = number;

/** Which masks are wanted: PNGs of these clip frames go to `url` + the frame's number. */
export interface MaskOrder {
  frames: number[];
  width: number;
  height: number;
  /** Object that each cluster becomes, 0 for background; one entry per cluster. */
  objectOf: number[];
  /** As in `Masks`. */
  edges?: boolean;
  nearest?: boolean;
  url: string;
}

/** Masks of the object that clicks point at: 1 there, 0 elsewhere. */
export interface ClickOrder extends Omit<MaskOrder, 'objectOf'> {
  clicks: Click[];
}

/** An export as the page's dialog makes it, of the run's frames; the file goes to `url` + 0. */
export interface FileOrder extends Pick<MaskOrder, 'objectOf' | 'edges' | 'url'> {
  kind: ExportKind;
}

/** A training, its clips and checkpoint to fetch; what happens is posted to `url` + its place in TRAINING_POSTS. */
export interface TrainOrder extends Omit<TrainingOrder, 'clips' | 'resume' | 'scored'> {
  clips: Input[][];
  scored: { frames: Input[]; masks: Input[] }[];
  resume: Input | null;
  url: string;
}

/** A device's report, its reason in English. */
type SpokenReport = Omit<DeviceReport, 'why'> & { why: string };
const spoken = (report: DeviceReport): SpokenReport => ({ ...report, why: reasonText(report.why) });

/** A run without what only the page's own memory should hold. */
export interface RunReport extends Pick<RunResult, 'settings' | 'grid' | 'clusters' | 'times' | 'memory'> {
  /** In English. */
  notes: string[];
  device: SpokenReport;
  frames: number[];
  /** Clip frames that objects were found in, and those of them whose tokens are the keys; null where every one is. */
  samples: number[] | null;
  keys: number[] | null;
  /** Whether each frame went through the model: else it was propagated by motion. */
  analysed: boolean[];
  /** Clusters that each hierarchy of Algorithm 1 left. */
  levels: number[];
  pairs: RunResult['clustering']['pairs'];
  /** Single-object mode: all clusters that are not background as one; null where there is none. */
  foreground: ClusterSummary | null;
}

/** What a call gives: plain data, since errors do not cross to the command line whole. */
export type Reply = { value: unknown } | { failure: PlainFailure };

declare global {
  interface Performance {
    /** Chromium's, for pages that are isolated. */
    measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
  }
  interface Window {
    /** Calls a method of `Headless` with its arguments. */
    unprompted(name: keyof Headless, args: unknown[]): Promise<Reply>;
    /** Set by the command line. */
    onProgress?: (progress: Progress) => void;
    /** Set by the command line: puts these files into the chooser. */
    choose?: (inputs: readonly Input[]) => Promise<void>;
  }
}

const { api: engine } = connect<EngineApi>(
  new Worker(new URL('../workers/engine.ts', import.meta.url), { type: 'module' }),
  'engine',
);
let clip: Remote<ClipHandle> | null = null;
let run: Remote<RunHandle> | null = null;
let report: RunReport | null = null;

function opened(): Remote<ClipHandle> {
  if (!clip) throw failure('run/no-clip');
  return clip;
}

/** Lets the worker forget the clip and its run: until garbage is collected here, it would keep all that they hold. */
function forget(): void {
  run?.[releaseProxy]();
  clip?.[releaseProxy]();
  run = null;
  clip = null;
}

let trainerWorker: Remote<TrainerApi> | null = null;

function trainer(): Remote<TrainerApi> {
  trainerWorker ??= connect<TrainerApi>(
    new Worker(new URL('../workers/train.ts', import.meta.url), { type: 'module' }),
    'trainer',
  ).api;
  return trainerWorker;
}

/** Files of the command line, read from the disk as they are needed. One call at a time: there is one chooser. */
async function chosen(inputs: readonly Input[]): Promise<File[]> {
  if (inputs.length === 0) return [];
  await window.choose?.(inputs);
  const chooser = document.querySelector<HTMLInputElement>('#files');
  const files = [...(chooser?.files ?? [])];
  if (files.length !== inputs.length) throw new Error('The command line did not hand over its files.');
  return files;
}

/** The objects of the masks, as the page lists them: the number in the masks is the place in the list, from 1. */
function videoObjects(objectOf: readonly number[], clusters: readonly ClusterSummary[]): VideoObject[] {
  const behind = new Set(clusters.flatMap(({ id, background }) => (background ? [id] : [])));
  return Array.from({ length: Math.max(0, ...objectOf) }, (_, place) => {
    const own = [...objectOf.keys()].filter((cluster) => objectOf[cluster] === place + 1);
    const background = own.every((cluster) => behind.has(cluster));
    const colour = background ? BACKGROUND_COLOUR : PALETTE[place % PALETTE.length]!;
    return { id: place + 1, clusters: own, name: '', colour, visible: true, background, locked: false };
  });
}

/** Hands something to the command line. */
async function post(url: string, body: BodyInit, what: string): Promise<void> {
  const { ok, status } = await fetch(url, { method: 'POST', body });
  if (!ok) throw new Error(`${what} could not be written (${status}).`);
}

/** Posts the masks of a run, its labels renamed. */
async function postMasks(
  from: Remote<RunHandle>,
  { frames, width, height, edges, nearest, url }: Omit<MaskOrder, 'objectOf'>,
  renamed: (label: number) => number,
  strokes: readonly Correction[] = [],
): Promise<void> {
  for (const frame of frames) {
    const map = await from.labels(frame, width, height, {
      strokes,
      ...(edges === undefined ? {} : { edges }),
      ...(nearest === undefined ? {} : { nearest }),
    });
    if (!map) throw new Error(`Frame ${frame} has no masks.`);
    const body = await encodeMask({ width, height, labels: map.labels.map(renamed) });
    await post(`${url}${frame}`, body, `The mask of frame ${frame}`);
  }
}

const headless = {
  device: async () => spoken(await engine.device()),
  /** Bytes that scripts hold, those of workers too. The browser collects garbage first, which may take it some seconds. */
  scriptMemory: async () => (await performance.measureUserAgentSpecificMemory()).bytes,
  models: () => engine.models(),

  /** @param kept address of a file that says what an earlier call has followed, and is written as this one goes on */
  async open(inputs: Input[], kept: string | null = null) {
    const next = await engine.open(await chosen(inputs));
    await clip?.close();
    forget();
    clip = next;
    if (kept !== null) await clip.keepIn({ url: kept });
    report = null;
    const { timestamps, notes, ...info } = await clip.info;
    return { ...info, notes: notes.map(noteText), timestamps: [...timestamps] };
  },

  suggest: (model: string, device: RunSettings['device']) => opened().suggest(model, device),
  estimate: (settings: RunSettings) => opened().estimate(settings),

  async run(settings: RunSettings): Promise<RunReport> {
    run?.[releaseProxy]();
    run = null;
    const events: RunEvents = {
      progress: (progress) => window.onProgress?.(progress),
      found: () => {},
      frames: () => {},
    };
    run = await opened().run(settings, proxy(events));
    const result = await run.result();
    const { clustering, frames, followed, ...rest } = result;
    report = {
      settings: rest.settings,
      notes: rest.notes.map(noteText),
      grid: rest.grid,
      clusters: rest.clusters,
      times: rest.times,
      device: spoken(rest.device),
      memory: rest.memory,
      frames: [...frames],
      samples: followed && [...followed.samples],
      keys: followed && [...followed.keys],
      analysed: Array.from(frames, (_, place) => !followed || followed.sources[place] === SOURCE.analysed),
      levels: clustering.levels.map((level) => level.clusters),
      pairs: clustering.pairs,
      foreground: oneForeground(clustering, rest.clusters, rest.grid),
    };
    return report;
  },

  async masks({ objectOf, ...order }: MaskOrder): Promise<void> {
    if (!run) throw failure('run/none');
    await postMasks(run, order, (cluster) => objectOf[cluster]!);
  },

  /** Gives how long it took to find the object's tokens in all frames, milliseconds, and how many there are. */
  async clicked({ clicks, ...order }: ClickOrder) {
    if (!run) throw failure('run/none');
    const started = performance.now();
    const found = await run.prompt(clicks);
    const milliseconds = performance.now() - started;
    const made: Prompted = { clicks, to: FIRST_MADE, keeps: [], ...found };
    await postMasks(run, order, (label) => Number(label === FIRST_MADE), [made]);
    return { milliseconds, tokens: found.tokens.length };
  },

  async export({ kind, objectOf, edges, url }: FileOrder): Promise<{ name: string; notes: string[] }> {
    if (!run || !report) throw failure('run/none');
    const choice = { ...USUAL_CHOICE, kind };
    const objects = videoObjects(objectOf, report.clusters);
    const usual = USUAL_EFFECTS.objects;
    const look = { overlay: USUAL_OVERLAY, usual, hovered: null, selected: new Set<number>(), solo: null };
    const formats = await opened().videoFormats(choice.quality);
    const content = contentOf(choice, formats, {
      paints: paintsOf(objects, look),
      looks: looksOf(objects, look),
      effects: USUAL_EFFECTS,
      trails: null,
    });
    const chosen = new Set(objects.map(({ id }) => id));
    const order = {
      content,
      objects: exportObjects(objects, chosen, (object) => nameOf(object, objects)),
      ...(edges === undefined ? {} : { edges }),
      start: report.frames[0] ?? 0,
      end: (report.frames.at(-1) ?? 0) + 1,
    };
    const { file, notes } = await run.export(
      order,
      null,
      proxy(() => {}),
    );
    if (!file) throw new Error(`The export ${kind} gave no file.`);
    await post(`${url}0`, file, `The export ${kind}`);
    return { name: fileOf(content, (await clip!.info).name).name, notes: notes.map(noteText) };
  },

  suggestRecipe: (model: string, recipe: Parameters<TrainerApi['suggest']>[1]) =>
    trainer().suggest(model, recipe),

  async train({ clips, scored, resume, url, ...order }: TrainOrder): Promise<void> {
    const files: File[][] = [];
    for (const clip of clips) files.push(await chosen(clip));
    const sequences: TrainingOrder['scored'] = [];
    for (const { frames, masks } of scored)
      sequences.push({ frames: await chosen(frames), masks: await chosen(masks) });
    const turn = serial();
    // A post that fails is reported at the end; until then it keeps those after it from being sent.
    const failed = new AbortController();
    const send = (what: TrainingPost, body: BodyInit) => {
      const sent = turn(
        () => post(`${url}${TRAINING_POSTS.indexOf(what)}`, body, `The training’s ${what}`),
        failed.signal,
      );
      sent.catch((thrown) => failed.abort(thrown));
    };
    const sendEvent = (event: TrainingEvent) => send('event', JSON.stringify(event));
    const [before] = await chosen(resume === null ? [] : [resume]);
    const checkpoint = before && new Uint8Array(await before.arrayBuffer());
    const listener: TrainingListener = {
      onStart: (about) => sendEvent({ kind: 'start', ...about }),
      onIteration: (point) => sendEvent({ kind: 'iteration', ...point }),
      onMilestone: (milestone) => {
        send('checkpoint', milestone.checkpoint);
        send('correlator', milestone.correlator);
        sendEvent({ kind: 'milestone', ...milestone.validation });
      },
    };
    const whole: TrainingOrder = {
      ...order,
      clips: files,
      scored: sequences,
      ...(checkpoint ? { resume: checkpoint } : {}),
    };
    await trainer().train(whole, proxy(listener));
    await turn.idle();
    failed.signal.throwIfAborted();
  },
};

export type Headless = typeof headless;

window.unprompted = async (name, args) => {
  try {
    return { value: await Reflect.apply(headless[name], undefined, args) };
  } catch (thrown) {
    return { failure: plainFailure(asFailure(thrown)) };
  }
};
