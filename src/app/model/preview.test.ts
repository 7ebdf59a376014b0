import { expect, test } from 'vitest';
import type { ClusterSummary } from '../../engine/settings/run.ts';
import { objectsOf } from './objects.ts';
import { previewedObjects } from './preview.ts';

const cluster = (id: number, share: number, background = false): ClusterSummary => ({
  id,
  tokens: 100 * share,
  share,
  frames: 1,
  border: Number(background),
  background,
});
const now = objectsOf([cluster(0, 0.5, true), cluster(1, 0.3), cluster(2, 0.2)]).map((object) =>
  object.id === 1 ? { ...object, name: 'Fox' } : object,
);

test('what stays keeps its name and colour, and two never share one', () => {
  const preview = {
    clusters: [cluster(0, 0.5, true), cluster(1, 0.1), cluster(2, 0.25), cluster(3, 0.15)],
    nearest: Int32Array.of(0, 1, 1, 2),
  };
  const [fox, other, part, background] = previewedObjects(preview, now, null);
  expect(fox).toMatchObject({ id: 2, name: 'Fox', colour: now[0]!.colour });
  expect(other).toMatchObject({ id: 3, colour: now[1]!.colour });
  expect(part).toMatchObject({ id: 1, name: '' });
  expect(new Set([fox, other, part].map((object) => object!.colour)).size).toBe(3);
  expect(background).toMatchObject({ id: 0, background: true, visible: false });
});
