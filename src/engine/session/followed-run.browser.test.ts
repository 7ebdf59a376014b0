import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import { createRandom } from '../../lib/random.ts';
import { renderFrame } from '../../synth/render.ts';
import { createScene, type SceneObject } from '../../synth/scene.ts';
import type { JournalFile } from '../follow/journal.ts';
import { SOURCE } from '../follow/records.ts';
import { NOTHING } from '../mask/strokes.ts';
import type { RunSettings } from '../settings/run.ts';
import type { ClipHandle, RunEvents, RunMasks, StoredRunHandle } from './api.ts';
import { createEngine } from './engine.ts';
import { noteText } from './notes.ts';
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

/** Of a run that nobody listens to. */
const QUIET: RunEvents = { progress: () => undefined, found: () => undefined, frames: () => undefined };

/** A run, and all that it told. */
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
  expect(await clip.regroup(result, settings.tau * 2)).toBeNull();
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

/** Two balls that look alike and roll towards each other over a speckled floor, as a clip of still images. */
async function balls(frames: number): Promise<File[]> {
  const [width, height] = [192, 128];
  const random = createRandom(3);
  const floor = Array.from({ length: 400 }, () => [random.next(), random.next(), random.next()] as const);
  return Promise.all(
    Array.from({ length: frames }, async (_, i) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d')!;
      for (const [x, y, grey] of floor) {
        context.fillStyle = `rgb(${90 + 60 * grey} ${110 + 50 * grey} 90)`;
        context.fillRect(x * width - 8, y * height - 8, 16, 16);
      }
      for (const x of [24 + 4 * i, width - 24 - 4 * i]) {
        context.fillStyle = 'rgb(220 60 40)';
        context.beginPath();
        context.arc(x, 64, 16, 0, 2 * Math.PI);
        context.fill();
        context.fillStyle = 'rgb(250 220 80)';
        context.fillRect(x - 6, 58, 12, 12);
      }
      return new File([await canvas.convertToBlob()], `${i + 100}.png`, { type: 'image/png' });
    }),
  );
}

test('a run that is paused after its last frame is not complete, and gone on with it ends as one that was not', async () => {
  const rolling = await engine.open(await balls(14));
  const { settings: suited } = await rolling.suggest('ba-tiny-v0', 'wasm');
  const order = { ...suited, height: 128, width: 192, stride: 4, samples: 4, ratio: 1 };
  let left = 0;
  const silent = { progress: () => undefined, found: () => undefined, frames: () => undefined };
  const run = rolling.run(order, {
    ...silent,
    found: ({ followed }) => {
      left = [...followed!.sources].filter((source) => source === SOURCE.pending).length;
    },
    frames: ({ places }) => {
      left -= places.length;
      if (left === 0) void run.cancel();
    },
  });
  const paused = await run.result();
  expect(paused.followed!.sources).not.toContain(SOURCE.pending);
  expect(paused.followed!.complete).toBe(false);
  const whole = await rolling.run(order, silent).result();
  expect(whole.followed!.complete).toBe(true);
  expect(whole.clustering.clusters).toBeGreaterThan(paused.clustering.clusters);
  await rolling.close();
});

test('two things that look and move alike are two objects once every frame is followed', async () => {
  const rolling = await engine.open(await balls(14));
  const { settings: suited } = await rolling.suggest('ba-tiny-v0', 'wasm');
  const found: number[] = [];
  const run = rolling.run(
    { ...suited, height: 128, width: 192, stride: 4, samples: 4, ratio: 1 },
    {
      progress: () => undefined,
      found: ({ clustering }) => found.push(clustering.clusters),
      frames: () => undefined,
    },
  );
  const { clusters, clustering } = await run.result();
  expect(found.at(-1)).toBe(clustering.clusters);
  for (const frame of [0, 2, 4]) {
    const { labels } = (await run.labels(frame, 192, 128))!;
    const [left, right] = [24 + 4 * frame, 168 - 4 * frame].map((x) => labels[64 * 192 + x]!);
    expect(clusters[left!]!.background, `left, frame ${frame}`).toBe(false);
    expect(clusters[right!]!.background, `right, frame ${frame}`).toBe(false);
    expect(left, `frame ${frame}`).not.toBe(right);
  }

  // Twins and motion too are kept with a run: at another τ it gives what a run there does.
  const kept = structuredClone(await run.result());
  expect(kept.followed!.leaves!.twins.length).toBeGreaterThan(0);
  const quiet: RunEvents = { progress: () => undefined, found: () => undefined, frames: () => undefined };
  for (const share of [0.6, 1, 1.7, 3]) {
    const tau = share * kept.settings.tau;
    const live = await rolling.run({ ...kept.settings, tau }, quiet).result();
    const { clustering, parts, clusters } = (await rolling.regroup(kept, tau))!;
    expect({ clustering, parts, clusters }, `τ ${tau}`).toEqual({
      clustering: live.clustering,
      parts: live.parts,
      clusters: live.clusters,
    });
  }
  expect(await rolling.regroup(kept, 0.4 * kept.settings.tau), 'below its leaves').toBeNull();
  await rolling.close();
});

/** A file that outlives engines. */
function memoryFile(): JournalFile {
  let all: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  return {
    async *read() {
      yield all.slice();
    },
    write(at, bytes) {
      const before = all.subarray(0, at);
      all = new Uint8Array(at + bytes.length);
      all.set(before);
      all.set(bytes, at);
    },
    written: async () => undefined,
    close: async () => undefined,
  };
}

test('what was followed outlives its session: the masks are the same, and the rest is gone on with to the same end', {
  timeout: 300_000,
}, async () => {
  const files = await balls(18);
  const file = memoryFile();
  const session = async () => {
    const opened = await createEngine(manifest, async () => file).open(files);
    opened.keepIn({ name: 'balls' });
    return opened;
  };
  const quiet = { progress: () => undefined, found: () => undefined, frames: () => undefined };
  const plain = await engine.open(files);
  const { settings: suited } = await plain.suggest('ba-tiny-v0', 'wasm');
  const order = { ...suited, height: 128, width: 192, stride: 4, samples: 4, ratio: 1 };
  const unbroken = await plain.run(order, quiet).result();
  await plain.close();

  const before = await session();
  let kept: RunResult | null = null;
  const reported: number[] = [];
  const first = before.run(order, {
    ...quiet,
    // What the page has of it when it is left.
    found: (found) => {
      kept = structuredClone(found);
    },
    // Frames are reported only now and then: by the time that the first are, a fast machine has done all.
    progress: ({ stage, done }) => {
      if (stage === 'follow' && done >= 9) void first.cancel();
    },
    frames: ({ places }) => void reported.push(...places),
  });
  const paused = await first.result();
  const done = [...paused.followed!.sources].filter((source) => source !== SOURCE.pending).length;
  expect(done).toBeGreaterThanOrEqual(9);
  expect(done).toBeLessThan(18);
  const seen = await Promise.all([0, reported[0]!].map((frame) => first.labels(frame, 192, 128)));
  await before.close();

  const after = await session();
  const stored = after.restore(kept!);
  const since = await stored.since();
  expect(new Set(since!.places)).toEqual(new Set(reported));
  const n = paused.grid.rows * paused.grid.columns;
  for (const [i, place] of since!.places.entries())
    expect(since!.labels.subarray(i * n, (i + 1) * n)).toEqual(
      paused.clustering.labels.subarray(place * n, (place + 1) * n),
    );
  const again = await Promise.all([0, reported[0]!].map((frame) => stored.labels(frame, 192, 128)));
  expect(again).toEqual(seen);

  const followed: number[] = [];
  let found = 0;
  const rest = after.run(order, {
    ...quiet,
    found: ({ followed }) => {
      found ||= [...followed!.sources].filter((source) => source !== SOURCE.pending).length;
    },
    frames: ({ places }) => followed.push(...places),
  });
  const whole = await rest.result();
  expect(found, 'nothing of it is followed again').toBe(done);
  expect(followed.length).toBe(18 - done);
  expect(whole.clustering).toEqual(unbroken.clustering);
  expect(whole.followed).toEqual(unbroken.followed);
  await after.close();

  // As of a clip that is too long for its result to carry what masks are made from.
  const last = await session();
  const exact = await last.restore(whole).labels(reported[0]!, 192, 128);
  const long = last.restore({ ...whole, followed: { ...whole.followed!, soft: null } });
  expect(await long.since()).toBeNull();
  expect(await long.labels(reported[0]!, 192, 128)).toEqual(exact);
  await last.close();
});

test('a frame that cannot be decoded has no masks, though it is looked at first; the others have theirs', async () => {
  const files = await balls(14);
  files[5] = new File([files[5]!.slice(0, 60)], files[5]!.name, { type: 'image/png' });
  const broken = await engine.open(files);
  const run = broken.run({ ...settings, height: 64, width: 96, stride: 4, samples: 4 }, QUIET, true);
  run.lookAt(5);
  const result = await run.result();
  expect(result.notes.map(noteText)).toContain('Frame 5 cannot be decoded: it has no masks.');
  expect([...result.followed!.sources]).not.toContain(SOURCE.pending);
  const labelsIn = async (masks: Pick<typeof run, 'labels'>, frame: number) =>
    new Set((await masks.labels(frame, 24, 16))!.labels);
  const check = async (masks: Pick<typeof run, 'labels'>) => {
    expect(await labelsIn(masks, 5)).toEqual(new Set([NOTHING]));
    for (const frame of [0, 4, 6, 13])
      expect(await labelsIn(masks, frame), `frame ${frame}`).not.toContain(NOTHING);
  };
  await check(run);
  await check(broken.restore(result));
  await broken.close();
});

/** Frames from one visit to the next, and the visitor's label in the truth. */
const [PERIOD, GUEST] = [24, 2];

/** A rendered scene in which one thing lies and another comes in after a while, leaves, and returns. */
async function comingAndGoing(frames: number) {
  const [width, height] = [192, 128];
  const scene = createScene({ seed: 12, frames, objects: [2, 2] });
  const [lying, guest] = scene.objects as [SceneObject, SceneObject];
  const still = { ...lying.poses[0]!, position: [0.6, 0.6, 0.4] as const };
  const camera = { position: [0, -5, 2] as const, target: [0, 0, 0.4] as const, view: 0.7 };
  // Out of sight beyond 2.5.
  const place = (frame: number) => 0.6 + 2.6 * Math.abs(1 - (frame % PERIOD) / (PERIOD / 2));
  lying.poses = Array.from({ length: frames }, () => still);
  guest.poses = Array.from({ length: frames }, (_, frame) => ({
    ...guest.poses[0]!,
    position: [place(frame), -1, 0.5] as const,
  }));
  scene.cameras = Array.from({ length: frames }, () => camera);
  const rendered = Array.from({ length: frames }, (_, frame) => renderFrame(scene, frame, width, height));
  const files = await Promise.all(
    rendered.map(async ({ rgb }, frame) => {
      const canvas = new OffscreenCanvas(width, height);
      const picture = new ImageData(width, height);
      picture.data.fill(255);
      for (let i = 0; i < rgb.length; i++) picture.data[4 * Math.floor(i / 3) + (i % 3)] = rgb[i]!;
      canvas.getContext('2d')!.putImageData(picture, 0, 0);
      return new File([await canvas.convertToBlob()], `${frame + 100}.png`, { type: 'image/png' });
    }),
  );
  return { files, truth: rendered.map(({ labels }) => labels) };
}

test('what comes later, leaves and returns is the same object each time (Fig. 6)', async () => {
  const { files, truth } = await comingAndGoing(1.5 * PERIOD);
  const rendered = await engine.open(files);
  const { settings: suited } = await rendered.suggest('ba-tiny-v0', 'wasm');
  const run = rendered.run({ ...suited, height: 128, width: 192, stride: 4, samples: 8, ratio: 1 }, QUIET);
  const { clustering, clusters, grid } = await run.result();
  const n = grid.rows * grid.columns;
  /** Cluster of most tokens of the guest in some frames. */
  const guestIn = (from: number, end: number) => {
    const counts = new Array<number>(clusters.length).fill(0);
    for (let frame = from; frame < end; frame++)
      for (let token = 0; token < n; token++) {
        const [y, x] = [Math.floor(token / grid.columns), token % grid.columns];
        if (truth[frame]![(8 * y + 4) * 192 + 8 * x + 4] === GUEST)
          counts[clustering.labels[frame * n + token]!]!++;
      }
    return counts.indexOf(Math.max(...counts));
  };
  const [arriving, leaving, again] = [guestIn(4, 12), guestIn(12, 21), guestIn(28, 36)];
  expect([leaving, again]).toEqual([arriving, arriving]);
  expect(clusters[arriving]!.background).toBe(false);
  // While it is away, nobody else is taken for it.
  for (const frame of [0, 1, 2, 23, 24, 25]) {
    const taken = clustering.labels
      .subarray(frame * n, (frame + 1) * n)
      .filter((label) => label === arriving);
    expect(taken.length, `frame ${frame}`).toBeLessThan(3);
  }
  await rendered.close();
});
