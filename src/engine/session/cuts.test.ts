import { expect, test } from 'vitest';
import { findIn, followContext } from '../../../test/follow-context.ts';
import { runSettings } from '../../../test/run-settings.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import { planFollowing } from '../follow/plan.ts';
import { Records, SOURCE } from '../follow/records.ts';
import { TokenStore } from '../tokens/store.ts';
import { labelsOf } from './frame-updates.ts';
import type { Tokens } from './pipeline.ts';

const FRAMES = 160;
const grid = { frames: FRAMES, rows: 4, columns: 6 };
const n = grid.rows * grid.columns;
const PIXEL = { width: 24, height: 16 };
const [HEADS, DIM] = [2, 8];
/** What tokens are: a wall, a floor, and two things. */
const [WALL, FLOOR, ANNA, BERT] = [0, 1, 2, 3];
/** Two things face to face; from the other side; one of them alone; both again. */
const shots = [0, 40, 80, 120].map((start) => ({ start, end: start + 40 }));

function kindOf(frame: number, token: number): number {
  const [row, column] = [Math.floor(token / grid.columns), token % grid.columns];
  const ground = row < 2 ? WALL! : FLOOR!;
  if (row === 0 || row === 3) return ground;
  const [left, right] = [
    [ANNA, BERT],
    [BERT, ANNA],
    [BERT, ground],
    [ANNA, BERT],
  ][Math.floor(frame / 40)]!;
  return (column === 1 ? left : column === 4 ? right : ground)!;
}

/** q and k of a frame: the same of every token of a kind. */
function featuresOf(frame: number): Float32Array {
  const features = new Float32Array(n * DIM);
  for (let token = 0; token < n; token++)
    for (let head = 0; head < HEADS; head++)
      features[token * DIM + (head * DIM) / HEADS + kindOf(frame, token)] = 4;
  return features;
}

test('over a cut nothing is propagated, and each thing is the cluster that it was, wherever it is', async () => {
  const backend = new PlainBackend();
  const settings = runSettings({ ratio: 0.5, samples: 8, motion: 0, stride: 4 });
  const { ratio, stride, samples } = settings;
  const plan = planFollowing(shots, { most: samples, ratio, stride });
  const store = new TokenStore({ ...grid, frames: plan.samples.length }, DIM, true);
  for (const [place, frame] of plan.samples.entries())
    await store.write(place, featuresOf(frame), featuresOf(frame));
  const tokens: Tokens = {
    metric: 'Av',
    frames: plan.samples,
    lost: null,
    grid: store.grid,
    heads: HEADS,
    store,
  };
  const records = new Records(grid, { rows: 0, columns: 0 });
  const shotOf = (frame: number) => Math.floor(frame / 40);
  const across: [number, number][] = [];
  const still = { ...PIXEL, xy: new Float32Array(2 * PIXEL.width * PIXEL.height) };
  const luma = new Float32Array(PIXEL.width * PIXEL.height);
  const context = followContext({
    tau: 1,
    source: {
      backbone: { run: async () => ({ k: new Float32Array(n * DIM) }) },
      correlator: {
        project: async (_: Float32Array, __: number, frameOf: Int32Array) => ({ q: featuresOf(frameOf[0]!) }),
      },
    },
    backend,
    plan,
    settings,
    tokens,
    feed: { picture: async () => new Uint8ClampedArray(4 * 16) },
    motion: {
      flow: async (frame: number, other: number) => {
        if (shotOf(frame) !== shotOf(other)) across.push([frame, other]);
        return { flow: still, own: luma, other: luma };
      },
    },
    records,
  });
  const following = await findIn(context);
  await following.follow(
    () => 50,
    () => undefined,
  );
  const { clusterOf, clusters } = await following.at(settings.tau);
  expect(clusters).toHaveLength(4);
  expect(across).toEqual([]);
  expect(new Set(records.allSources())).toEqual(new Set([SOURCE.analysed, SOURCE.propagated]));
  const { labels } = labelsOf(records, clusterOf);
  const found = [WALL, FLOOR, ANNA, BERT].map((kind) => labels[[0, 18, 7, 10][kind!]!]!);
  expect(new Set(found).size).toBe(4);
  expect(labels).toEqual(labels.map((_, at) => found[kindOf(Math.floor(at / n), at % n)]!));
  following.release();
  await store.release();
});
