import { expect, test, vi } from 'vitest';
import { createBackbone } from '../engine/model/backbone.ts';
import { createLibrary } from '../engine/model/library.ts';
import type { Model } from '../engine/model/types.ts';
import { createDevices, type Devices } from '../engine/session/devices.ts';
import { openClip } from '../engine/video/open.ts';
import type { Clip } from '../engine/video/types.ts';
import { RECIPES } from './recipe.ts';
import { createTrainer, type TrainingOrder } from './trainer.ts';

vi.mock('../engine/model/backbone.ts');
vi.mock('../engine/model/library.ts');
vi.mock('../engine/session/devices.ts');
vi.mock('../engine/video/open.ts');
vi.mock('./step.ts');

vi.mocked(createLibrary).mockReturnValue({
  load: async () => ({ entry: { id: 'x' } }) as Model,
} as unknown as ReturnType<typeof createLibrary>);
vi.mocked(createDevices).mockReturnValue({
  context: async () => ({ report: { device: 'wasm' } }),
} as unknown as Devices);

const listener = { onStart: () => {}, onIteration: () => {}, onMilestone: () => {} };
const order = (clips: number): TrainingOrder => ({
  model: 'x',
  clips: Array.from({ length: clips }, () => []),
  recipe: RECIPES.paper,
  device: 'wasm',
  validateEvery: 1,
});

/** Clips that open one after the other; how often each was closed. */
function openedClips() {
  const closed: number[] = [];
  vi.mocked(openClip).mockImplementation(async () => {
    const place = closed.push(0) - 1;
    return { info: { name: `${place}` }, close: () => closed[place]!++ } as unknown as Clip;
  });
  return closed;
}

test('clips are closed where the backbone fails', async () => {
  const closed = openedClips();
  vi.mocked(createBackbone).mockRejectedValueOnce(new Error('no room'));
  await expect(createTrainer('').train(order(2), listener)).rejects.toThrow('no room');
  expect(closed).toEqual([1, 1]);
});

test('clips that were opened before the training was cancelled are closed', async () => {
  const closed = openedClips();
  const trainer = createTrainer('');
  const one = vi.mocked(openClip).getMockImplementation()!;
  vi.mocked(openClip).mockImplementation(async (...given) => {
    if (closed.length === 1) await trainer.cancel();
    given[1]?.throwIfAborted();
    return one(...given);
  });
  await expect(trainer.train(order(2), listener)).rejects.toMatchObject({ code: 'run/cancelled' });
  await vi.waitFor(() => expect(closed).toEqual([1]));
});
