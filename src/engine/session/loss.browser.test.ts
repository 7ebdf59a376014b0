import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import type { RunSettings } from '../settings/run.ts';
import type { ClipHandle } from './api.ts';
import { createEngine } from './engine.ts';
import { noteText } from './notes.ts';
import type { Progress, RunResult } from './result.ts';

const engine = createEngine(new URL('/models/manifest.json', location.origin).href);
const file = await fixture('bframes.mp4');
let clip: ClipHandle;
let settings: RunSettings;
let whole: RunResult;
/** The device that the engine works with now. */
let device: GPUDevice;

const silent = { found: () => {}, frames: () => {} };
const request = GPUAdapter.prototype.requestDevice;

beforeAll(async () => {
  vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(async function (
    this: GPUAdapter,
    ...given: Parameters<typeof request>
  ) {
    device = await request.apply(this, given);
    return device;
  });
  clip = await engine.open([file]);
  const suggested = await clip.suggest('ba-tiny-v0', 'webgpu');
  settings = {
    ...suggested.settings,
    clustering: 'windowed',
    height: 32,
    width: 48,
    start: 0,
    end: 10,
    stride: 1,
    ratio: 0.2,
  };
  whole = await clip.run(settings, { progress: () => {}, ...silent }).result();
});
afterAll(async () => {
  await clip.close();
  vi.restoreAllMocks();
});

test.each(['tokens', 'cluster'] as const)('a GPU lost while %s are made is opened again', async (stage) => {
  // Another clip, so that no tokens are kept.
  await clip.close();
  clip = await engine.open([file]);
  const seen: Progress[] = [];
  const lost = device;
  const run = clip.run(settings, {
    progress: (progress) => {
      if (progress.stage === stage && progress.done > 0 && device === lost) lost.destroy();
      seen.push(progress);
    },
    ...silent,
  });
  const result = await run.result();
  expect(device).not.toBe(lost);
  expect(result.clustering.labels).toEqual(whole.clustering.labels);
  expect(result.notes.map(noteText)).toEqual([
    expect.stringMatching(/^The GPU was lost .* after frame \d+ of 10/),
  ]);
  const counts = seen.flatMap(({ stage, done, total }) =>
    stage === 'tokens' && done > 0 && total > 0 ? [done] : [],
  );
  expect(counts, 'no frame is computed twice').toEqual([...new Set(counts)].sort((a, b) => a - b));
  expect(result.times.map(({ stage }) => stage)).toEqual(['model', 'tokens', 'cluster']);
});
