import { beforeEach, expect, test, vi } from 'vitest';
import { clipInfo } from '../../../test/page-workers.ts';
import type { TruthInfo } from '../../evaluate/evaluator.ts';
import { Scope } from '../../lib/task.ts';
import type { Found } from '../model/truth.ts';
import { NO_CLIP, useClip } from '../stores/clip.ts';
import { useTruth } from '../stores/truth.ts';
import { setTruth } from './truth.ts';

const opened = vi.hoisted((): ((info: TruthInfo) => void)[] => []);
vi.mock('../workers/connection.ts', () => ({
  evaluator: () => ({ open: () => new Promise<TruthInfo>((resolve) => opened.push(resolve)) }),
}));

const infoOf = (frame: number): TruthInfo => ({
  width: 8,
  height: 8,
  frames: Int32Array.of(frame),
  notes: [],
});
const found: Found = { kind: 'masks', masks: [{ key: '0', truth: { files: ['0.png'] } }] };
const frames = () => useTruth.getState().info && [...useTruth.getState().info!.frames];

beforeEach(() => {
  opened.length = 0;
  const files = [new File([], 'clip.mp4')];
  useClip.setState({ ...NO_CLIP, scope: new Scope(), files, info: clipInfo('clip.mp4') });
});

test('of two sets of masks the one dropped last counts, whichever is read first', async () => {
  const first = setTruth(found, []);
  const rejects = expect(first).rejects.toMatchObject({ name: 'AbortError' });
  const second = setTruth(found, []);
  opened[1]!(infoOf(2));
  await second;
  opened[0]!(infoOf(1));
  await rejects;
  expect(frames()).toEqual([2]);
});

test('masks of a clip that was left are not taken', async () => {
  const rejects = expect(setTruth(found, [])).rejects.toMatchObject({ name: 'AbortError' });
  useClip.setState({ files: [new File([], 'other.mp4')] });
  opened[0]!(infoOf(1));
  await rejects;
  expect(frames()).toBeNull();
});
