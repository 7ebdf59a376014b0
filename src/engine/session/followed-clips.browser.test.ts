import { expect, test } from 'vitest';
import { balls, comingAndGoing, GUEST, PERIOD } from '../../../test/still-clips.ts';
import type { JournalFile } from '../follow/journal.ts';
import { SOURCE } from '../follow/records.ts';
import { NOTHING } from '../mask/strokes.ts';
import type { RunEvents } from './api.ts';
import { createEngine } from './engine.ts';
import { noteText } from './notes.ts';
import type { RunResult } from './result.ts';

const manifest = new URL('/models/manifest.json', location.origin).href;
const engine = createEngine(manifest);

/** Of a run that nobody listens to. */
const QUIET: RunEvents = { progress: () => undefined, found: () => undefined, frames: () => undefined };

test('a run that is paused after its last frame is not complete, and gone on with it ends as one that was not', async () => {
  const rolling = await engine.open(await balls(14));
  const { settings: suited } = await rolling.suggest('ba-tiny-v0', 'wasm');
  const order = { ...suited, height: 128, width: 192, stride: 4, samples: 4, ratio: 1 };
  let left = 0;
  const run = rolling.run(order, {
    ...QUIET,
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
  const whole = await rolling.run(order, QUIET).result();
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
    { ...QUIET, found: ({ clustering }) => found.push(clustering.clusters) },
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
  for (const share of [0.6, 1, 1.7, 3]) {
    const tau = share * kept.settings.tau;
    const live = await rolling.run({ ...kept.settings, tau }, QUIET).result();
    const { clustering, parts, clusters } = (await rolling.recluster(kept, tau))!;
    expect({ clustering, parts, clusters }, `τ ${tau}`).toEqual({
      clustering: live.clustering,
      parts: live.parts,
      clusters: live.clusters,
    });
  }
  expect(await rolling.recluster(kept, 0.4 * kept.settings.tau), 'below its leaves').toBeNull();
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
  const plain = await engine.open(files);
  const { settings: suited } = await plain.suggest('ba-tiny-v0', 'wasm');
  const order = { ...suited, height: 128, width: 192, stride: 4, samples: 4, ratio: 1 };
  const unbroken = await plain.run(order, QUIET).result();
  await plain.close();

  const before = await session();
  let kept: RunResult | null = null;
  const reported: number[] = [];
  const first = before.run(order, {
    ...QUIET,
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
    ...QUIET,
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
  const { settings: suited } = await broken.suggest('ba-tiny-v0', 'wasm');
  const order = { ...suited, height: 64, width: 96, stride: 4, samples: 4, ratio: 1 };
  const run = broken.run(order, QUIET, true);
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
