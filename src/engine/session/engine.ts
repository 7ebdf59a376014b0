import { asFailure, failure } from '../../lib/errors.ts';
import type { Grid } from '../backend/types.ts';
import { createExporter } from '../export/exporter.ts';
import { createBackbone } from '../model/backbone.ts';
import { createCorrelator } from '../model/correlator.ts';
import { createFusion } from '../model/fusion.ts';
import { createLibrary } from '../model/library.ts';
import { roundSize } from '../model/size.ts';
import type { Backbone, Correlator, Model, ModelEntry } from '../model/types.ts';
import type { Progress, RunResult, RunSettings } from '../settings/run.ts';
import { checkSettings } from '../settings/settings.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import { openClip } from '../video/open.ts';
import { createPictures } from '../video/pictures.ts';
import type { Clip } from '../video/types.ts';
import type { EngineApi, Estimate, ModelCost } from './api.ts';
import { createDevices, type DeviceContext } from './devices.ts';
import {
  estimateBytes,
  estimateSeconds,
  processedFrames,
  proportions,
  type StageSeconds,
  suitableBatch,
  suitableRatio,
  suitableSize,
  suitableStride,
} from './estimate.ts';
import { createFinished, type Finished } from './finished.ts';
import { createModelsApi } from './models.ts';
import {
  computeTokens,
  fuseTokens,
  OUTPUT_FOR,
  segmentTokens,
  startTokens,
  type Tokens,
} from './pipeline.ts';
import { followRun } from './progress.ts';
import { whileDevicesLast, withinMemory } from './recovery.ts';
import { createRestored } from './restored.ts';

/** A model's sessions for one size on one device. */
interface Sessions {
  key: string;
  gpuDevice: GPUDevice | undefined;
  backbone: Backbone;
  correlator: Correlator;
}

/** Tokens and the settings that they depend on; of a run that ended early, as far as they got. */
interface Kept {
  key: string;
  tokens: Tokens;
}

/** A suggested run ends within about this many seconds, with a coarser stride where it must. */
const BEARABLE = { webgpu: 15, wasm: 18 } as const;

/** The engine behind EngineApi: keeps what a later run may use again. `manifestUrl`: the list of models. */
export function createEngine(manifestUrl: string): EngineApi {
  const library = createLibrary(manifestUrl);
  const devices = createDevices();
  const exporter = createExporter();
  let clip: Clip | null = null;
  let files: readonly File[] = [];
  let sessions: Sessions | null = null;
  let kept: Kept | null = null;
  let finished: Finished | null = null;
  let running: AbortController | null = null;
  /** Ends when the run under way has let go of everything. */
  let settled: Promise<unknown> = Promise.resolve();

  const opened = (): Clip => {
    if (!clip) throw failure('run/no-clip');
    return clip;
  };

  const looked = (): Finished => {
    if (!finished) throw failure('run/none');
    return finished;
  };

  const letGo = async () => {
    const before = finished;
    finished = null;
    await before?.release();
  };

  const forget = async () => {
    running?.abort();
    await Promise.all([settled, exporter.cancel()]);
    await letGo();
    await kept?.tokens.store.release();
    kept = null;
  };

  async function sessionsFor(
    model: Model,
    settings: RunSettings,
    place: DeviceContext,
    batch: number,
  ): Promise<Sessions> {
    const { height, width } = settings;
    const output = OUTPUT_FOR[settings.metric];
    const key = [model.entry.id, height, width, output, place.report.device, batch].join();
    if (sessions?.key === key && sessions.gpuDevice === place.gpuDevice) return sessions;
    await sessions?.backbone.release();
    await sessions?.correlator.release();
    sessions = null;
    const { device, precision } = place.report;
    const on = { device, precision, gpuDevice: place.gpuDevice };
    const backbone = await createBackbone(model, {
      ...on,
      height,
      width,
      batch,
      outputs: [output],
    });
    const correlator = await createCorrelator(model, { ...on, tokens: backbone.rows * backbone.columns });
    sessions = { key, gpuDevice: place.gpuDevice, backbone, correlator };
    return sessions;
  }

  async function tokensFor(
    model: Model,
    settings: RunSettings,
    place: DeviceContext,
    batch: number,
    report: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<Tokens> {
    const frames = processedFrames(opened().info.frameCount, settings);
    const { backbone, correlator, key: sessionKey } = await sessionsFor(model, settings, place, batch);
    const { metric, ratio } = settings;
    const plainKey = `${sessionKey} ${metric} ${frames.join()}`;
    // F_v is what attending to the key frames makes of a token.
    const key = metric === 'Fv' ? `${plainKey} ${ratio}` : plainKey;
    if (kept?.key === key && metric === 'Fv') return kept.tokens;
    const source = { clip: opened(), model, backbone, correlator };
    if (kept?.key !== plainKey) {
      const tokens = startTokens(source, frames, metric);
      await kept?.tokens.store.release();
      kept = { key: plainKey, tokens };
    }
    const { tokens: plain } = kept;
    await computeTokens(source, plain, settings, report, signal);
    if (metric !== 'Fv') return plain;
    const tokens = await fused(plain, model, ratio, place, signal);
    await plain.store.release();
    kept = { key, tokens };
    return tokens;
  }

  async function fused(
    plain: Tokens,
    model: Model,
    ratio: number,
    place: DeviceContext,
    signal: AbortSignal,
  ) {
    const n = plain.grid.rows * plain.grid.columns;
    const keyTokens = keyFrames(plain.grid.frames, ratio).length * n;
    const fusion = await createFusion(model, {
      device: place.report.device,
      gpuDevice: place.gpuDevice,
      tokens: n,
      keyTokens,
    });
    try {
      return await fuseTokens(plain, fusion, ratio, signal);
    } finally {
      await fusion.release();
    }
  }

  async function perform(
    asked: RunSettings,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<RunResult> {
    const entry = await library.entry(asked.model);
    const { settings, note } = suited(asked, entry);
    const notes = note === null ? [] : [note];
    const open = () => devices.context(settings.device);
    const { grid, seconds } = foresee(settings, entry, await open());
    const { stage, times } = followRun(seconds, onProgress);

    const compute = async (place: DeviceContext) => {
      const { batch } = foresee(settings, entry, place);
      const model = await stage('model', 'bytes', async (report) => {
        const loaded = await library.load(entry.id, report, signal);
        await sessionsFor(loaded, settings, place, batch);
        return loaded;
      });
      const tokens = await stage('tokens', 'frames', (report) =>
        tokensFor(model, settings, place, batch, report, signal),
      );
      const onHalved = async (budget: number) => {
        notes.push(`Memory ran out, so the rows were made in smaller pieces, of ${megabytes(budget)}.`);
        await devices.limitRows(place.report.device, budget);
      };
      const segmentation = await stage('cluster', 'rows', (report) =>
        withinMemory(
          place.rowBudget,
          (rowBudget) => segmentTokens({ ...place, rowBudget }, tokens, settings, report, signal),
          onHalved,
        ),
      );
      return { place, model, tokens, segmentation };
    };
    const onLost = (reason: string) => {
      const done = kept?.tokens.store.written ?? 0;
      notes.push(
        `The GPU was taken away (${reason}) and opened anew: the run went on after frame ${done} of ${grid.frames}.`,
      );
    };
    const { place, model, tokens, segmentation } = await whileDevicesLast(open, compute, onLost, signal);

    const { first, ...found } = segmentation;
    const result: RunResult = {
      settings,
      notes,
      frames: tokens.frames,
      grid,
      ...found,
      times,
      device: place.report,
      memory: { peakBytes: place.backend.memory.peak + tokens.store.bytes },
    };
    await letGo();
    finished = createFinished({ clip: opened(), model, result, tokens, context: place, first });
    await devices.learn(place.report.device, seconds, times);
    return result;
  }

  /** What a run would be: its grid, the seconds of its stages, and the frames of a batch. */
  function foresee(settings: RunSettings, entry: ModelEntry, place: DeviceContext) {
    const frames = processedFrames(opened().info.frameCount, settings).length;
    const architecture = proportions(entry);
    const { patch } = architecture;
    const grid: Grid = {
      frames,
      rows: Math.floor(settings.height / patch),
      columns: Math.floor(settings.width / patch),
    };
    const keys = keyFrames(frames, settings.ratio).length;
    const seconds = estimateSeconds(architecture, grid, keys, place.rates);
    const batch = suitableBatch(architecture, grid, place.activationBudget);
    const bytes = estimateBytes(architecture, grid, batch, entry.file.bytes, place.rowBudget);
    return { grid, seconds, batch, bytes };
  }

  function estimateOf(asked: RunSettings, entry: ModelEntry, place: DeviceContext): Estimate {
    const { settings, note } = suited(asked, entry);
    const { grid, seconds, bytes } = foresee(settings, entry, place);
    const tokens = grid.frames * grid.rows * grid.columns;
    return { frames: grid.frames, tokens, seconds: total(seconds), bytes, note };
  }

  async function estimate(settings: RunSettings): Promise<Estimate> {
    const entry = await library.entry(settings.model);
    return estimateOf(settings, entry, await devices.context(settings.device));
  }

  /** The settings that a model brings to the open clip. */
  function ownSettings({ id, defaults, patch }: ModelEntry) {
    const { tau, temperature } = defaults;
    return { model: id, ...suitableSize(opened().info, defaults, patch), tau, temperature };
  }

  return {
    device: async () => (await devices.context('auto')).report,
    ...createModelsApi(library),

    async open(chosen) {
      const next = await openClip(chosen);
      await forget();
      clip?.close();
      clip = next;
      files = chosen;
      return next.info;
    },

    async suggest(id, device) {
      const { info } = opened();
      const entry = await library.entry(id);
      const place = await devices.context(device);
      const base: RunSettings = {
        ...ownSettings(entry),
        start: 0,
        end: null,
        stride: 1,
        ratio: 1,
        pool: 1,
        clustering: 'windowed',
        window: 3,
        metric: 'Av',
        k: 8,
        seed: 0,
        device,
      };
      const at = (stride: number): RunSettings => ({
        ...base,
        stride,
        ratio: suitableRatio(processedFrames(info.frameCount, { ...base, stride }).length),
      });
      const secondsAt = (stride: number) => total(foresee(at(stride), entry, place).seconds);
      const settings = at(suitableStride(info.frameCount, secondsAt, BEARABLE[place.report.device]));
      return { settings, estimate: estimateOf(settings, entry, place) };
    },

    estimate,

    async costs(settings) {
      const place = settings && (await devices.context(settings.device));
      const costOf = async (entry: ModelEntry): Promise<ModelCost> => ({
        id: entry.id,
        ...(await library.availability(entry)),
        estimate: place && clip && estimateOf({ ...settings, ...ownSettings(entry) }, entry, place),
      });
      return Promise.all((await library.entries()).map(costOf));
    },

    async run(settings, onProgress) {
      running?.abort();
      const before = settled;
      const controller = new AbortController();
      const { signal } = controller;
      running = controller;
      const work = before.then(() => {
        signal.throwIfAborted();
        return perform(settings, onProgress, signal);
      });
      settled = work.catch(() => undefined);
      try {
        return withoutDistances(await work);
      } catch (thrown) {
        throw signal.aborted ? failure('run/cancelled') : asFailure(thrown);
      } finally {
        if (running === controller) running = null;
      }
    },

    async cancel() {
      running?.abort();
      await settled;
    },

    labels: async (...asked) => looked().labels(...asked),
    preview: async (tau) => looked().preview(tau),
    histogram: async (most, bins) => looked().histogram(most, bins),
    tauFor: async (objects, range) => looked().tauFor(objects, range),
    attention: async (...token) => looked().attention(...token),
    frameAttention: async (...token) => looked().frameAttention(...token),
    distances: async (...asked) => looked().distances(...asked),
    carry: async (painted) => looked().carry(painted),

    async restore(result) {
      opened();
      running?.abort();
      await settled;
      await letGo();
      finished = createRestored(opened(), result);
    },

    videoFormats: async (quality) => exporter.formats(opened(), quality),

    async export(order, handle, onProgress) {
      const pictures = createPictures(opened());
      const labels = looked().masks(pictures, order);
      try {
        return await exporter.run({ clip: opened(), files, labels }, order, handle, onProgress);
      } finally {
        pictures.close();
      }
    },

    cancelExport: () => exporter.cancel(),

    async close() {
      await forget();
      clip?.close();
      clip = null;
    },
  };
}

/** The settings that a run will have: sides that are no multiples of the patch are rounded. Throws `run/bad-setting`. */
function suited(asked: RunSettings, { patch }: ModelEntry) {
  checkSettings(asked);
  const { note, ...size } = roundSize(asked, patch);
  return { settings: { ...asked, ...size }, note };
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

const total = (seconds: StageSeconds) => Object.values(seconds).reduce((sum, stage) => sum + stage, 0);

/** The result as it leaves the worker: masks are raised here, so the distances stay. */
function withoutDistances(result: RunResult): RunResult {
  return { ...result, clustering: { ...result.clustering, distances: null } };
}
