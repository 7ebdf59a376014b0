import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import type { Overlay } from '../export/types.ts';
import { USUAL_EFFECTS } from '../mask/effects.ts';
import { NOTHING, type Stroke, strokeTokens } from '../mask/strokes.ts';
import type { RunSettings } from '../settings/run.ts';
import type { ClipHandle, RunEvents, RunHandle, RunMasks } from './api.ts';
import { createEngine } from './engine.ts';
import type { Progress, RunResult } from './result.ts';

const engine = createEngine(new URL('/models/manifest.json', location.origin).href);
const progress: Progress[] = [];
let settings: RunSettings;
let result: RunResult;
let clip: ClipHandle;
/** The last run that ended well. */
let last: RunHandle;

const events: RunEvents = { progress: (p) => progress.push(p), found: () => {}, frames: () => {} };
const start = (changes: Partial<RunSettings>) => clip.run({ ...settings, ...changes }, events);

/** Masks of a frame that is not pending. */
async function labelsOf(run: RunMasks, ...asked: Parameters<RunMasks['labels']>) {
  const map = await run.labels(...asked);
  if (!map) throw new Error(`Frame ${asked[0]} is pending.`);
  return map;
}

async function run(changes: Partial<RunSettings>): Promise<RunResult> {
  const started = start(changes);
  const found = await started.result();
  last = started;
  return found;
}

beforeAll(async () => {
  clip = await engine.open([await fixture('bframes.mp4')]);
  const suggested = await clip.suggest('ba-tiny-v0', 'wasm');
  settings = { ...suggested.settings, clustering: 'windowed', height: 64, width: 96, stride: 4, ratio: 0.5 };
  result = await run({});
});
afterAll(() => clip.close());

test('a clip becomes clusters, with progress in order and the times of each stage', () => {
  expect([...result.frames]).toEqual([0, 4, 8, 12, 16]);
  expect(result.grid).toEqual({ frames: 5, rows: 8, columns: 12 });
  expect(result.clustering.labels).toHaveLength(5 * 96);
  expect(result.clustering.clusters).toBe(result.clusters.length);
  expect(result.clustering.distances, 'stays in the worker').toBeNull();
  expect(result.times.map(({ stage }) => stage)).toEqual(['model', 'tokens', 'cluster']);
  expect(result.device.device).toBe('wasm');
  expect(progress.some(({ stage, done, total }) => stage === 'tokens' && done === total)).toBe(true);
});

test('the same settings give the same labels, and tokens are not computed again', async () => {
  const before = progress.length;
  const again = await run({});
  expect(again.clustering.labels).toEqual(result.clustering.labels);
  const frames = progress.slice(before).filter(({ stage, done }) => stage === 'tokens' && done > 0);
  expect(frames).toEqual([]);
});

test('masks come at any size, and for every frame of the clip where they may be the nearest one’s', async () => {
  for (const frame of [0, 3, 19]) {
    const { labels, width, height } = await labelsOf(last, frame, 75, 41, { nearest: true });
    expect([width, height, labels.length]).toEqual([75, 41, 75 * 41]);
    expect(Math.max(...labels)).toBeLessThan(result.clusters.length);
  }
});

test('a frame that was not analysed has no masks, nor has a preview or a file any of it', async () => {
  expect(await last.labels(3, 24, 16)).toBeNull();
  expect(await last.labels(4, 24, 16)).not.toBeNull();
  const { tau } = (await last.preview(settings.tau * 4))!;
  expect(await last.labels(3, 24, 16, { tau })).toBeNull();
  const objects = [
    { index: 1, name: 'all', category: 'thing', clusters: result.clusters.map(({ id }) => id) },
  ];
  const { file, frames, notes } = await last.export(
    { content: { kind: 'csv' }, objects, start: 0, end: 10 },
    null,
    () => {},
  );
  const rows = (await file!.text()).trim().split('\r\n').slice(1);
  expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([0, 4, 8]);
  expect([frames, ...notes]).toEqual([3, { code: 'export/unmasked-left-out', params: { count: 7 } }]);
});

test('a frame that cannot be decoded is passed over: by the run, and by its videos', async () => {
  const canvas = new OffscreenCanvas(192, 128);
  const context = canvas.getContext('2d')!;
  const files: File[] = [];
  for (let frame = 0; frame < 6; frame++) {
    context.fillStyle = '#263';
    context.fillRect(0, 0, 192, 128);
    context.fillStyle = '#fc4';
    context.fillRect(20 * frame, 40, 50, 50);
    const blob = await canvas.convertToBlob();
    files.push(new File([frame === 2 ? blob.slice(0, 60) : blob], `${frame}.png`, { type: 'image/png' }));
  }
  const broken = await engine.open(files);
  const run = broken.run({ ...settings, stride: 1 }, events);
  const found = await run.result();
  expect([...found.frames]).toEqual([0, 1, 3, 4, 5]);
  expect(found.clustering.labels).toHaveLength(5 * 96);
  expect(found.notes).toContainEqual({ code: 'run/frames-lost', params: { frames: 1, first: 2 } });
  expect(await run.labels(2, 24, 16)).toBeNull();
  expect((await labelsOf(run, 3, 24, 16)).labels).toHaveLength(24 * 16);
  const again = await broken.run({ ...settings, stride: 1, tau: 2 * settings.tau }, events).result();
  expect([...again.frames], 'with tokens of the run before').toEqual([0, 1, 3, 4, 5]);
  const objects = [{ index: 1, name: 'all', category: 'thing', clusters: [0] }];
  const paint = { colour: 0xff0000, fill: 0.5, outline: 1, pattern: 'solid' as const };
  const overlay: Overlay = {
    paints: [paint, paint],
    looks: ['none'],
    effects: USUAL_EFFECTS,
    trails: null,
  };
  const { frames, notes } = await run.export(
    { content: { kind: 'gif', width: 96, overlay }, objects, start: 0, end: null },
    null,
    () => {},
  );
  expect(frames).toBe(5);
  expect(notes).toContainEqual({ code: 'export/lost', params: { count: 1 } });
  await broken.close();
});

test('a larger τ is previewed, a smaller one is not', async () => {
  const coarse = (await last.preview(settings.tau * 4))!;
  expect(coarse.clusters.length).toBeLessThan(result.clusters.length);
  expect(coarse.nearest).toHaveLength(coarse.clusters.length);
  const { labels } = await labelsOf(last, 0, 48, 32, { tau: coarse.tau });
  expect(Math.max(...labels)).toBeLessThan(coarse.clusters.length);
  expect(await last.preview(settings.tau / 2)).toBeNull();
  await expect(last.labels(0, 48, 32, { tau: settings.tau * 3 })).rejects.toThrow(/newer/);
});

test('distances spread over their histogram, and τ can be asked for by a number of objects', async () => {
  const { shares } = (await last.histogram(1, 10))!;
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
  const tau = (await last.tauFor(2, [0.05, 20]))!;
  const { clusters } = (await last.preview(tau))!;
  expect(clusters.filter(({ background }) => !background).length).toBeLessThanOrEqual(2);
  expect(await last.tauFor(1000, [0.05, 0.8])).toBeNull();
});

test('a token’s attention is a distribution over the key frames', async () => {
  const { frames, map } = await last.attention(1, 3, 4);
  expect([...frames]).toEqual([0, 8]);
  expect(map).toHaveLength(2 * 96);
  expect(map.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 3);
});

test('every level divides the objects, and parts are painted in their place', async () => {
  const parts = result.parts!;
  const { levels } = result.clustering;
  const above = (part: number) => levels.slice(1).reduce((at, { parent }) => parent[at]!, part);
  expect(parts.map(above)).toEqual(result.clustering.labels);
  const whole = await labelsOf(last, 0, 48, 32);
  const own = Int32Array.from({ length: levels[0]!.clusters }, (_, part) => part);
  const fine = await labelsOf(last, 0, 48, 32, { parts: own });
  expect([...fine.labels].map(above)).toEqual([...whole.labels]);
});

test('a frame’s own attention is a distribution over its patches', async () => {
  const map = await last.frameAttention(1, 3, 4);
  expect(map).toHaveLength(96);
  expect(map.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
});

test('distances of a token come frame by frame, nearest first, and the newest request wins', async () => {
  const found = new Map<number, Float32Array>();
  const take = (place: number, distances: Float32Array) => found.set(place, distances).size < 4;
  const superseded = last.distances(0, 0, 0, 0, () => true);
  const wanted = last.distances(1, 3, 4, 2, take);
  await expect(superseded).rejects.toThrow(/newer/);
  await wanted;
  expect([...found.keys()], 'until no more are wanted').toEqual([2, 1, 3, 0]);
  const own = found.get(1)!;
  expect(own).toHaveLength(96);
  expect(own[3 * 12 + 4]).toBeCloseTo(0, 3);
  expect(Math.max(...own)).toBeGreaterThan(0.05);
});

test.each(['A', 'F'] as const)('%s clusters too (Table 4)', async (metric) => {
  const found = await run({ metric, tau: metric === 'A' ? 0.3 : 0.05 });
  expect(found.clustering.labels).toHaveLength(5 * 96);
  expect(found.clusters.length).toBeGreaterThan(0);
});

test('F_v needs a trained correlator, and says so', async () => {
  await expect(run({ metric: 'Fv' })).rejects.toMatchObject({ code: 'model/untrained' });
});

test('a cancelled run ends as such, keeps the last result, and another can start', async () => {
  const cancelled = start({ stride: 1 });
  const ended = expect(cancelled.result()).rejects.toMatchObject({ code: 'run/cancelled' });
  await cancelled.cancel();
  await ended;
  const { labels } = await labelsOf(last, 0, 24, 16);
  expect(labels).toHaveLength(24 * 16);
  expect((await run({})).clustering.labels).toEqual(result.clustering.labels);
});

test('settings that no run can have are refused by name', async () => {
  await expect(run({ ratio: 0 })).rejects.toMatchObject({ code: 'run/bad-setting', message: /ratio/ });
  await expect(run({ start: 500 })).rejects.toMatchObject({ code: 'run/no-frames' });
});

test('a clip of one frame works', async () => {
  const one = await run({ start: 0, end: 1, stride: 1, ratio: 0.1 });
  expect([...one.frames]).toEqual([0]);
  expect(one.clusters.length).toBeGreaterThan(0);
});

test('a stroke is on its own frame to the pixel, and is propagated to tokens of the others', async () => {
  const found = await run({});
  const labels = async (strokes: readonly Stroke[]) => (await labelsOf(last, 4, 96, 64, { strokes })).labels;
  const brush = { frame: 4, points: [0.5, 0.5, 0.7, 0.5], radius: 0.08 };
  const carried = await last.propagate(strokeTokens(brush, found));
  const n = found.grid.rows * found.grid.columns;
  expect(carried.every((token) => Math.floor(token / n) !== 1)).toBe(true);
  const before = await labels([]);
  const stroke: Stroke = { ...brush, carried, from: found.clusters.map(({ id }) => id), to: NOTHING };
  const after = await labels([stroke]);
  expect(after[32 * 96 + 55]).toBe(NOTHING);
  expect(after[2]).toBe(before[2]);
  expect(await labels([])).toEqual(before);
});

test('a result can be taken back without its tokens: masks show, and there is nothing to look inside', async () => {
  const found = await run({});
  const before = (await labelsOf(last, 0, 48, 32)).labels;
  const turned = Object.fromEntries(Object.entries(found.settings).reverse()) as unknown as RunSettings;
  const stored = clip.restore({ ...found, settings: turned });
  const { labels } = await labelsOf(stored, 0, 48, 32);
  expect(labels, 'as they were, whatever the order of its settings').toEqual(before);
  expect(await stored.preview(settings.tau)).toBeNull();
  expect(await stored.histogram(1, 16)).toBeNull();
  await expect(stored.propagate([0])).rejects.toMatchObject({ code: 'run/tokens-gone' });
  expect(stored).not.toHaveProperty('attention');
  await expect(last.attention(0, 0, 0)).rejects.toMatchObject({ name: 'AbortError' });
  expect((await run({})).clustering.labels).toEqual(found.clustering.labels);
});

test('a finished run is looked into while another computes its own tokens', async () => {
  const next = start({ start: 1, stride: 1, end: 12 });
  const places: number[] = [];
  await last.distances(1, 3, 4, 2, (place) => {
    places.push(place);
    return true;
  });
  expect(places).toEqual([2, 1, 3, 0, 4]);
  expect((await last.attention(1, 3, 4)).map).toHaveLength(2 * 96);
  expect([...(await next.result()).frames]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  await expect(last.attention(1, 3, 4), 'the newer run took its place').rejects.toMatchObject({
    name: 'AbortError',
  });
  last = next;
});

test('a run that a newer one supersedes is not called cancelled', async () => {
  const first = start({ stride: 1 });
  const ended = expect(first.result()).rejects.toMatchObject({ name: 'AbortError' });
  const found = await run({});
  await ended;
  expect(found.clustering.labels).toEqual(result.clustering.labels);
});

test('of two clips opened at once the newer is open, and the one before stays until it is closed', async () => {
  const [older, newer] = [await fixture('bframes.mp4'), await fixture('odd.webm')];
  const [first, second] = [engine.open([older]), engine.open([newer])];
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  const other = await second;
  expect(other.info.name).toBe('odd.webm');
  expect((await labelsOf(last, 0, 24, 16)).labels).toHaveLength(24 * 16);
  await other.close();
});

test('with a clip all of its runs end', async () => {
  const other = await engine.open([await fixture('bframes.mp4')]);
  const going = other.run(settings, events);
  const ended = expect(going.result()).rejects.toMatchObject({ name: 'AbortError' });
  await other.close();
  await ended;
  await expect(going.labels(0, 24, 16)).rejects.toMatchObject({ name: 'AbortError' });
  expect(() => other.restore(result)).toThrow();
});

test('an engine is readied for as long as no clip is opened, and runs what it was readied for', async () => {
  const ready = createEngine(new URL('/models/manifest.json', location.origin).href);
  await ready.warmUp('ba-tiny-v0');
  const stopped = expect(ready.warmUp('ba-tiny-v0')).rejects.toMatchObject({ name: 'AbortError' });
  const opened = await ready.open([await fixture('bframes.mp4')]);
  await stopped;
  const small = { ...settings, clustering: 'hierarchical' as const, samples: 2, stride: 8 };
  const found = await opened.run(small, events).result();
  expect(found.clusters.length).toBeGreaterThan(0);
  await opened.close();
});

test('a model that is not there cannot be readied', async () => {
  await expect(engine.warmUp('nothing')).rejects.toMatchObject({ code: 'model/unknown' });
});
