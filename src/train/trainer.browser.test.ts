import { expect, test } from 'vitest';
import { readSafetensors } from '../engine/weights/safetensors.ts';
import type { LossPoint } from './checkpoint.ts';
import type { TrainingStart } from './events.ts';
import {
  createTrainer,
  type TrainingListener,
  type TrainingMilestone,
  type TrainingOrder,
} from './trainer.ts';

const MANIFEST = new URL('/models/manifest.json', location.origin).href;

/** A clip of stills: a bright square that crosses a dark field. */
async function squareCrossing(frames: number): Promise<File[]> {
  const canvas = new OffscreenCanvas(96, 64);
  const context = canvas.getContext('2d')!;
  const files: File[] = [];
  for (let i = 0; i < frames; i++) {
    context.fillStyle = '#234';
    context.fillRect(0, 0, 96, 64);
    context.fillStyle = '#fc6';
    context.fillRect(6 * i, 20, 24, 24);
    files.push(new File([await canvas.convertToBlob()], `${i}.png`));
  }
  return files;
}

function listening() {
  const heard = {
    start: null as TrainingStart | null,
    points: [] as LossPoint[],
    milestones: [] as TrainingMilestone[],
  };
  const listener: TrainingListener = {
    onStart: (start) => {
      heard.start = start;
    },
    onIteration: (point) => heard.points.push(point),
    onMilestone: (milestone) => heard.milestones.push(milestone),
  };
  return { heard, listener };
}

async function order(iterations: number): Promise<TrainingOrder> {
  const recipe = await createTrainer(MANIFEST).suggest('ba-tiny-v0', 'paper');
  return {
    model: 'ba-tiny-v0',
    clips: [await squareCrossing(10), [new File(['no clip'], 'notes.txt')]],
    recipe: { ...recipe, height: 48, width: 64, positives: 3, negatives: 8, iterations, variants: 2 },
    device: 'wasm',
    validateEvery: 2,
  };
}

test('trains on a clip, reports it, and gives weights to resume from and to run with', async () => {
  const { heard, listener } = listening();
  await createTrainer(MANIFEST).train(await order(3), listener);
  expect(heard.start).toMatchObject({ clips: [expect.any(String)], skipped: [{ name: 'notes.txt' }] });
  expect(heard.points.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  expect(heard.milestones.map(({ validation }) => validation.iteration)).toEqual([0, 2, 3]);
  const { metadata } = readSafetensors(heard.milestones.at(-1)!.correlator);
  expect(metadata).toMatchObject({ backbone: 'ba-tiny-v0', heads: '3', iterations: '3' });

  const resumed = listening();
  const { checkpoint } = heard.milestones[1]!;
  await createTrainer(MANIFEST).train({ ...(await order(3)), resume: checkpoint }, resumed.listener);
  expect(resumed.heard.points.map(({ loss }) => loss)).toEqual([heard.points[2]!.loss]);
});

test('stops when it is asked to', async () => {
  const trainer = createTrainer(MANIFEST);
  const { listener } = listening();
  const stopping: TrainingListener = { ...listener, onIteration: () => void trainer.cancel() };
  await expect(trainer.train(await order(50), stopping)).rejects.toMatchObject({
    code: 'run/cancelled',
  });
});
