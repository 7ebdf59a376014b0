import { expect, test, vi } from 'vitest';
import type { Size } from '../../lib/size.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend } from '../backend/types.ts';
import { follow } from '../follow/follow.ts';
import { planFollowing } from '../follow/plan.ts';
import { Records, SOURCE } from '../follow/records.ts';
import { createMotion } from '../motion/evidence.ts';
import { CELL } from '../motion/features.ts';
import type { FlowBackend } from '../motion/flow.ts';
import { createFeed } from '../video/feed.ts';
import type { Clip, DecodedFrame } from '../video/types.ts';

vi.mock('../video/preprocess.ts', () => ({
  rgbaAt: ({ index }: DecodedFrame, sizes: readonly Size[]) =>
    sizes.map(({ width, height }) => ({ data: new Uint8ClampedArray(4 * width * height).fill(index) })),
}));

const FRAMES = 80;
const SIZE = { width: 8 * CELL, height: 4 * CELL };
const grid = { frames: FRAMES, rows: 2, columns: 2 };
const tokens = 4;

const noFlow: FlowBackend = {
  prepare: (_, width, height) => ({ width, height, release: () => undefined }),
  flows: async (pairs) =>
    pairs.map(([{ width, height }]) => ({ width, height, xy: new Float32Array(2 * width * height) })),
  release: () => undefined,
};
const noMotion = {
  run: async () => new Float32Array((SIZE.width / CELL) * (SIZE.height / CELL)),
  release: async () => undefined,
};

/** Follows a clip whose analysed frames differ in turn, as a run does, and notes what is decoded. */
async function decodedBy(stride: number) {
  const asked: number[] = [];
  const at = async (index: number) => {
    asked.push(index);
    return { index, close: () => undefined };
  };
  const clip = { reader: () => ({ at, close: () => undefined }) } as unknown as Clip;
  const { signal } = new AbortController();
  const feed = createFeed(clip, { flow: SIZE, model: SIZE, stride, lost: new Set() }, signal);
  const shots = [{ start: 0, end: FRAMES }];
  const motion = createMotion(feed.luma, shots, SIZE, noFlow, noMotion);
  const plan = planFollowing(shots, { most: 3, ratio: 1, stride });
  const records = new Records(grid, grid);
  const backend: Backend = new PlainBackend();
  const leaves = await backend.load(Float32Array.of(0.9, 0.1, 0.1, 0.9), 2, 'kl');
  const anchors = [...new Set(plan.blocks.flatMap(({ pairs }) => pairs.flat()))].sort((a, b) => a - b);
  await follow({
    backend,
    plan,
    leaves,
    tau: 1,
    far: 1,
    records,
    frames: {
      async look(frame, among) {
        // Samples have their tokens already.
        if (!plan.samples.includes(frame)) {
          const moving = motion.evidence(frame);
          await feed.picture(frame);
          await moving;
        }
        const rows = await this.rows(frame);
        const distances = await backend.distances(rows, among);
        rows.release();
        return { distances, m: new Float32Array(0) };
      },
      rows: (frame) => {
        const row = anchors.indexOf(frame) % 2 === 0 ? [0.9, 0.1] : [0.1, 0.9];
        return backend.load(Float32Array.from(Array(tokens).fill(row).flat()), 2, 'kl');
      },
      isLost: () => false,
      motion: async (frame, other) => {
        await motion.flow(frame, other);
        return { places: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), error: new Float32Array(tokens) };
      },
    },
    playhead: () => 0,
    onFrames: () => undefined,
    signal,
  });
  await motion.release();
  feed.close();
  leaves.release();
  return { asked, records };
}

// 50 and 60 frames a second are analysed every 7th and 9th.
test.each([1, 3, 4, 5, 7, 9, 15])(
  'a stride of %i: frames between are analysed once its sides disagree, and every frame is decoded once, in order',
  async (stride) => {
    const { asked, records } = await decodedBy(stride);
    expect(records.allSources().every((source) => source === SOURCE.analysed)).toBe(true);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    expect(new Set(asked).size).toBe(asked.length);
  },
);
