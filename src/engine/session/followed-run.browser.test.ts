import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import { SOURCE } from '../follow/records.ts';
import type { RunSettings } from '../settings/run.ts';
import type { ClipHandle, RunEvents, RunMasks, StoredRunHandle } from './api.ts';
import { createEngine } from './engine.ts';
import type { FrameUpdate, Progress, RunResult } from './result.ts';

const manifest = new URL('/models/manifest.json', location.origin).href;
const engine = createEngine(manifest);
let clip: ClipHandle;
let settings: RunSettings;

beforeAll(async () => {
  clip = await engine.open([await fixture('bframes.mp4')]);
  const suggested = await clip.suggest('ba-tiny-v0', 'wasm');
  settings = { ...suggested.settings, height: 64, width: 96, stride: 4, samples: 3, ratio: 1 };
});
afterAll(() => clip.close());

/** A run, and all that it reported. */
function start(changes: Partial<RunSettings> = {}, more: Partial<RunEvents> = {}) {
  const progress: Progress[] = [];
  const found: RunResult[] = [];
  const updates: FrameUpdate[] = [];
  const run = clip.run(
    { ...settings, ...changes },
    {
      progress: (one) => progress.push(one),
      // As it crosses to the page: what is changed here later is not changed there.
      found: (result) => found.push(structuredClone(result)),
      frames: (update) => updates.push(update),
      ...more,
    },
  );
  return { run, progress, found, updates };
}

test('objects are reported before every frame is followed, and then frame after frame', async () => {
  const { run, found, updates, progress } = start();
  const result = await run.result();
  expect(found).toHaveLength(1);
  const [first] = found;
  expect([...first!.frames]).toEqual(Array.from({ length: 20 }, (_, frame) => frame));
  expect([...first!.followed!.samples]).toEqual([0, 8, 16]);
  const pending = [...first!.followed!.sources].filter((source) => source === SOURCE.pending);
  expect(pending).toHaveLength(17);
  const labelsOf = ({ clustering }: RunResult, frame: number) =>
    clustering.labels.subarray(96 * frame, 96 * (frame + 1));
  expect(labelsOf(first!, 1).every((label) => label === -1)).toBe(true);

  // All updates together are the final result.
  for (const { places, sources, labels, parts } of updates)
    for (const [i, place] of places.entries()) {
      labelsOf(first!, place).set(labels.subarray(96 * i, 96 * (i + 1)));
      first!.parts!.set(parts.subarray(96 * i, 96 * (i + 1)), 96 * place);
      first!.followed!.sources[place] = sources[i]!;
    }
  expect(first!.clustering.labels).toEqual(result.clustering.labels);
  expect(first!.parts).toEqual(result.parts);
  expect(first!.followed!.sources).toEqual(result.followed!.sources);
  expect(result.followed!.sources).not.toContain(SOURCE.pending);
  expect(result.clustering.labels.every((label) => label >= 0 && label < result.clusters.length)).toBe(true);
  expect(result.followed!.soft!.leaves).toHaveLength(20 * 96 * 3);
  expect(result.times.map(({ stage }) => stage)).toEqual(['model', 'tokens', 'cluster', 'follow']);
  const stages = progress.map(({ stage }) => stage);
  expect(stages.lastIndexOf('tokens')).toBeLessThan(stages.indexOf('follow'));

  const masks = await run.labels(7, 75, 41);
  expect(masks!.labels).toHaveLength(75 * 41);
  expect(Math.max(...masks!.labels)).toBeLessThan(result.clusters.length);
  const stored = clip.restore(result);
  expect(await stored.labels(7, 75, 41)).toEqual(masks);
});

test('another τ is a look-up: no tokens, no following', async () => {
  const before = await start().run.result();
  const { run, progress } = start({ tau: settings.tau * 4 });
  const result = await run.result();
  expect(progress.filter(({ stage, done }) => stage === 'tokens' && done > 0)).toEqual([]);
  expect(result.clusters.length).toBeLessThanOrEqual(before.clusters.length);
  expect(result.followed!.sources).toEqual(before.followed!.sources);
  // Leaves are the same, so that every cluster is made of whole parts.
  expect(result.clustering.levels[0]!.clusters).toBe(before.clustering.levels[0]!.clusters);
});

test('an earlier run answers every other τ, and propagates strokes, as the run itself does', async () => {
  const { run } = start();
  const result = structuredClone(await run.result());
  const range = [settings.tau / 4, settings.tau * 4] as const;
  const answers = async (
    asked: Pick<StoredRunHandle, keyof RunMasks | 'preview' | 'histogram' | 'tauFor' | 'propagate'>,
  ) => {
    const reported: unknown[] = [await asked.histogram(range[1], 16), await asked.tauFor(2, range)];
    for (const share of [0.6, 1, 1.5, 3]) {
      const tau = share * settings.tau;
      reported.push(await asked.preview(tau), await asked.labels(7, 48, 32, { tau }));
    }
    return [...reported, await asked.propagate([7 * 96 + 30, 7 * 96 + 31])];
  };
  const own = await answers(run);
  const stored = clip.restore(result);
  expect(await answers(stored)).toEqual(own);
  expect(await stored.preview(0.4 * settings.tau), 'below its leaves').toBeNull();
  await expect(stored.labels(7, 48, 32, { tau: settings.tau })).rejects.toThrow(/newer/);
});

test('an earlier run that kept no leaves has masks, and no other τ', async () => {
  const { run } = start();
  const result = structuredClone(await run.result());
  // The engine knows its own results by their settings, and has the leaves of those.
  result.settings.seed++;
  result.followed!.leaves = null;
  const stored = clip.restore(result);
  expect((await stored.labels(7, 48, 32))!.labels).toHaveLength(48 * 32);
  expect(await stored.histogram(1, 16)).toBeNull();
  expect(await stored.preview(settings.tau)).toBeNull();
  expect(await stored.tauFor(2, [0, 1])).toBeNull();
  expect(await clip.recluster(result, settings.tau * 2)).toBeNull();
});

test('masks of a pending frame are null, and a run that is stopped keeps what it found', async () => {
  let asked: Promise<unknown> | null = null;
  const { run } = start(
    { samples: 2, stride: 6 },
    {
      found: () => {
        asked = run.labels(0, 24, 16);
        void run.cancel();
      },
    },
  );
  const result = await run.result();
  expect(await asked).toBeNull();
  expect(result.followed!.sources).toContain(SOURCE.pending);
  expect(result.clusters.length).toBeGreaterThan(0);
  const [sample] = result.followed!.samples;
  expect((await run.labels(sample!, 24, 16))!.labels).toHaveLength(24 * 16);
  const stored = clip.restore(result);
  expect(await stored.labels(0, 24, 16), 'nor when it is taken back').toBeNull();
  expect((await stored.labels(sample!, 24, 16))!.labels).toHaveLength(24 * 16);
  // The next run goes on from there.
  const whole = await start({ samples: 2, stride: 6 }).run.result();
  expect(whole.followed!.sources).not.toContain(SOURCE.pending);
});

test('a run that is stopped before anything is found has no result', async () => {
  const { run } = start({ samples: 4 });
  const ended = expect(run.result()).rejects.toMatchObject({ code: 'run/cancelled' });
  await run.cancel();
  await ended;
});

test('of a long clip that somebody watches, a quick look at the playhead comes first', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `${i + 10}.jpg`);
  const long = await engine.open(await Promise.all(names.map((name) => fixture('still.jpg', name))));
  const found: { quick: boolean; samples: number[] }[] = [];
  const events: RunEvents = {
    progress: () => undefined,
    found: ({ followed }) => found.push({ quick: followed!.quick, samples: [...followed!.samples] }),
    frames: () => undefined,
  };
  const run = long.run({ ...settings, samples: 5, stride: 13 }, events, true);
  run.lookAt(39);
  const result = await run.result();
  expect(found.map(({ quick }) => quick)).toEqual([true, false]);
  expect(found[0]!.samples).toEqual([39]);
  expect(result.followed!.quick).toBe(false);
  found.length = 0;
  await long.run({ ...settings, samples: 4, stride: 13 }, events).result();
  expect(
    found.map(({ quick }) => quick),
    'nobody watches',
  ).toEqual([false]);
  expect(result.frames).toHaveLength(40);
  await long.close();
});

test('the masks of a quick look are propagated into what Play shows next, until these frames have their own', async () => {
  const names = Array.from({ length: 14 }, (_, i) => `${i + 10}.jpg`);
  const short = await engine.open(await Promise.all(names.map((name) => fixture('still.jpg', name))));
  const reported: { places: readonly number[]; quick: boolean }[] = [];
  let quick = false;
  const events: RunEvents = {
    progress: () => undefined,
    found: ({ followed }) => {
      quick = followed!.quick;
    },
    frames: ({ places }) => reported.push({ places: [...places], quick }),
  };
  const run = short.run({ ...settings, samples: 4, stride: 13 }, events, true);
  run.lookAt(3);
  const result = await run.result();
  const propagated = reported.filter((update) => update.quick).flatMap(({ places }) => places);
  expect(propagated).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  expect([...result.followed!.sources]).not.toContain(SOURCE.pending);
  await short.close();
});

test('one frame alone is found and followed', async () => {
  const result = await start({ start: 5, end: 6 }).run.result();
  expect([...result.frames]).toEqual([5]);
  expect(result.followed!.motion).toBe(false);
  expect(result.clustering.labels).toHaveLength(96);
});
