import { type ProxyMarked, proxy } from 'comlink';
import { abortable, Scope } from '../../lib/task.ts';
import { createFusion } from '../model/fusion.ts';
import type { Model } from '../model/types.ts';
import type { RunSettings } from '../settings/run.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import type { RunEvents, RunHandle } from './api.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import { comparableSeconds, processedFrames } from './estimate.ts';
import { inspectRun } from './inspection.ts';
import type { RunNote } from './notes.ts';
import type { OpenClip } from './open-clip.ts';
import {
  computeTokens,
  fuseTokens,
  segmentTokens,
  startTokens,
  type Tokens,
  withoutLost,
} from './pipeline.ts';
import { planRun, suited } from './plan.ts';
import { measureStages } from './progress.ts';
import { whileDevicesLast, withinMemory } from './recovery.ts';
import type { RunResult } from './result.ts';
import { endReason, questions } from './run-handle.ts';
import { runMasks } from './run-masks.ts';

export interface Run {
  scope: Scope;
  /** Resolves once there are masks; rejects where there will be none. */
  ready: Promise<unknown>;
  /** Resolves with the result, its distances too, once it is there; rejects where there will be none. */
  ended: Promise<{ whole: RunResult }>;
  handle: RunHandle;
}

/** Starts a run as soon as those before it have ended. All that it holds is released with its scope, one of `owner`'s. */
export function startRun(open: OpenClip, settings: RunSettings, events: RunEvents, owner: Scope): Run {
  const scope = new Scope(owner);
  const { signal } = scope;
  /** What it computes with: released once it has stopped computing. */
  const held = new Scope();
  let done = false;
  const work = open.turn(() => perform(open, settings, events, scope, held), signal);
  scope.own(work, async () => {
    await work.catch(() => undefined);
    await held.close();
  });
  const ended = abortable(work, signal).then(
    (found) => {
      done = true;
      return found;
    },
    (thrown: unknown) => {
      const reason = endReason(thrown, signal);
      void scope.close(reason);
      throw reason;
    },
  );
  ended.catch(() => undefined);

  const handle = proxy<Omit<RunHandle, keyof ProxyMarked>>({
    result: async () => (await ended).result,
    lookAt: () => undefined,
    ...questions(() => ended),
    cancel: async () => {
      if (!done) await scope.close(failure('run/cancelled'));
    },
  });
  return { scope, ready: ended, ended, handle };
}

/** The whole method, and what can be asked of it afterwards. */
async function perform(open: OpenClip, asked: RunSettings, events: RunEvents, scope: Scope, held: Scope) {
  const { clip, library, devices, sessionsFor } = open;
  const { signal } = scope;
  const entry = await library.entry(asked.model);
  const { settings, note } = suited(asked, entry);
  const notes: RunNote[] = note === null ? [] : [note];
  const openDevice = () => devices.context(settings.device);
  const planOn = (place: DeviceContext) => planRun(clip.info, settings, entry, place);
  const { grid, seconds } = planOn(await openDevice());
  const { stage, times } = measureStages(seconds, (progress) => events.progress(progress));
  /** Where this run's tokens are kept, and how many frames of them an earlier one had computed. */
  let store: Tokens['store'] | null = null;
  let before: number | null = null;

  const compute = async (place: DeviceContext) => {
    place.backend.restartPeak();
    const { batch } = planOn(place);
    const { model, sessions } = await stage('model', 'bytes', async (report) => {
      const model = await library.load(entry.id, report, signal);
      return { model, sessions: await sessionsFor(model, settings, place, batch) };
    });
    const source = { clip, model, ...sessions };
    const tokens = await stage('tokens', 'frames', async (report) => {
      const found = await findTokens(open, source, settings, held);
      store = found.tokens.store;
      before ??= store.written;
      if (found.fused) return found.tokens;
      await computeTokens(source, found.tokens, settings, report, signal);
      const whole = withoutLost(found.tokens);
      if (settings.metric !== 'Fv') return whole;
      return open.tokens.keep(found.fusedKey, await fuse(whole, model, settings, place, signal), held);
    });
    const backend = place.backend.lane();
    const context = { ...place, backend };
    const onHalved = async (budget: number) => {
      notes.push({ code: 'run/smaller-rows', params: { budget } });
      context.rowBudget = budget;
      await devices.limitRows(place.report.device, budget);
    };
    const segmentation = await stage('cluster', 'rows', (report) =>
      withinMemory(
        place.rowBudget,
        (rowBudget) => segmentTokens({ backend, rowBudget }, tokens, settings, report, signal),
        onHalved,
      ),
    );
    return { context, model, tokens, segmentation };
  };
  const onLost = (reason: string) => {
    const done = store?.written ?? 0;
    notes.push({ code: 'run/gpu-lost-after', params: { reason, done, frames: grid.frames } });
  };
  const { context, model, tokens, segmentation } = await whileDevicesLast(
    openDevice,
    compute,
    onLost,
    signal,
  );

  const { first, ...found } = segmentation;
  const wanted = processedFrames(clip.info.frameCount, settings);
  const lost = new Set(wanted.filter((frame) => tokens.lost?.has(frame)));
  if (lost.size > 0)
    notes.push({ code: 'run/frames-lost', params: { frames: lost.size, first: Math.min(...lost) } });
  const result: RunResult = {
    settings,
    notes,
    frames: tokens.frames,
    grid: tokens.grid,
    ...found,
    followed: null,
    times,
    device: context.report,
    memory: { peakBytes: context.backend.memory.peak + tokens.store.bytes },
  };
  const inspection = inspectRun({ clip, model, result, tokens, context, first }, scope);
  const masks = runMasks(open, result, scope, context.filter);
  // A run that had problems says little about the device's speed.
  if (notes.length === (note === null ? 0 : 1))
    await devices.learn(
      context.report.device,
      comparableSeconds(seconds, settings, 1 - (before ?? 0) / grid.frames),
      times,
    );
  return { result: withoutDistances(result), whole: result, masks, inspection };
}

/**
 * The tokens of a run as far as they are kept, or new ones, lent to `user`. `fused`: they are whole, and what the
 * correlator makes of them.
 */
async function findTokens(
  { clip, tokens }: OpenClip,
  source: Parameters<typeof startTokens>[0] & { key: string },
  settings: RunSettings,
  user: Scope,
): Promise<{ tokens: Tokens; fused: boolean; fusedKey: string }> {
  const { metric, ratio } = settings;
  const frames = processedFrames(clip.info.frameCount, settings);
  const key = `${source.key} ${metric} ${frames.join()}`;
  // F_v is what attending to the key frames makes of a token.
  const fusedKey = `${key} fused ${ratio}`;
  const fused = metric === 'Fv' ? tokens.find(fusedKey, user) : null;
  const plain = fused ?? tokens.find(key, user);
  return {
    tokens: plain ?? (await tokens.keep(key, startTokens(source, frames, metric, new Set()), user)),
    fused: fused !== null,
    fusedKey,
  };
}

async function fuse(
  plain: Tokens,
  model: Model,
  { ratio }: Pick<RunSettings, 'ratio'>,
  place: DeviceContext,
  signal: AbortSignal,
): Promise<Tokens> {
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

/** The result as it leaves the worker: masks are made here, so the distances stay. */
function withoutDistances(result: RunResult): RunResult {
  return { ...result, clustering: { ...result.clustering, distances: null } };
}
