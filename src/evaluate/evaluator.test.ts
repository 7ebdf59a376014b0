import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMask } from '../engine/mask/mask-png.ts';
import { createEvaluator } from './evaluator.ts';
import { packLabels, unpackLabels } from './runs.ts';

const labels = (width: number, rows: string) => ({
  width,
  height: rows.length / width,
  labels: Uint16Array.from(rows, Number),
});

/** 4 × 4: object 1 above, 2 below; in frame 3 object 2 only. */
const TRUTHS = [
  { frame: 0, map: labels(4, '1100110000220022') },
  { frame: 3, map: labels(4, '0000000000220022') },
];

async function scored(maps = TRUTHS, clip = { width: 8, height: 8 }) {
  const evaluator = createEvaluator();
  const files = await Promise.all(
    maps.map(async ({ frame, map }) => ({
      path: `masks/${frame}.png`,
      file: new File([await encodeMask(map)], `${frame}.png`),
    })),
  );
  const placed = maps.map(({ frame }, i) => ({ frame, truth: { files: [files[i]!.path] } }));
  const info = await evaluator.open(placed, files, clip);
  return { evaluator, info };
}

test('label maps come back from their runs, renamed where asked', () => {
  const cells = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(cells, (values) => {
      const map = { width: 3, height: 2, labels: Uint16Array.from(values) };
      expect(unpackLabels(packLabels(map))).toEqual(map);
      const renamed = unpackLabels(packLabels(map), Uint16Array.from([9, 8, 7, 6]));
      expect([...renamed.labels]).toEqual(values.map((value) => 9 - value));
    }),
  );
});

test('objects are matched over the clip, and are scored again as clusters become other objects', async () => {
  const { evaluator, info } = await scored();
  expect(info).toEqual({ width: 4, height: 4, frames: Int32Array.of(0, 3), notes: [] });
  expect(await evaluator.score(Uint16Array.of(0, 1, 2))).toBeNull();
  // Cluster 0 is the rest, 1 lies on object 2, 2 on the upper half of object 1 and 3 on its lower.
  await evaluator.take(0, labels(4, '2200330000110011'));
  await evaluator.take(3, labels(4, '0000000000110011'));

  const apart = (await evaluator.score(Uint16Array.of(0, 1, 2, 0)))!;
  expect([...apart.frames]).toEqual([0, 3]);
  expect(apart.objects.map(({ truth, proposal }) => [truth, proposal])).toEqual([
    [1, 2],
    [2, 1],
  ]);
  // Absent from truth and prediction alike counts as 1.
  expect(apart.objects[0]!.J).toEqual([0.5, 1]);
  expect(apart.objects[1]!.J).toEqual([1, 1]);

  const merged = (await evaluator.score(Uint16Array.of(0, 1, 2, 2)))!;
  expect(merged.objects.map(({ measures }) => measures['J&F'])).toEqual([1, 1]);

  await evaluator.forget();
  expect(await evaluator.score(Uint16Array.of(0, 1, 2, 2))).toBeNull();
});

test('an object that the first frame lacks is scored, and one without a match scores what is absent', async () => {
  const { evaluator } = await scored([...TRUTHS].map((one, i) => ({ ...one, frame: 3 - 3 * i })));
  await evaluator.take(0, labels(4, '0000000000110011'));
  await evaluator.take(3, labels(4, '0000000000110011'));
  const { objects } = (await evaluator.score(Uint16Array.of(0, 1)))!;
  expect(objects.map(({ truth, proposal, J }) => ({ truth, proposal, J }))).toEqual([
    { truth: 1, proposal: null, J: [1, 0] },
    { truth: 2, proposal: 1, J: [1, 1] },
  ]);
});

test('masks of another shape than the clip, or of two sizes, are refused by name', async () => {
  await expect(scored(TRUTHS, { width: 8, height: 6 })).rejects.toMatchObject({
    code: 'truth/size',
    message: 'The mask masks/0.png is 4 × 4 pixels, which does not fit the clip’s 8 × 6.',
  });
  const two = [TRUTHS[0]!, { frame: 1, map: labels(2, '0101') }];
  await expect(scored(two)).rejects.toMatchObject({ code: 'truth/size' });
});

test('of two sets of masks the one dropped last counts, however long the other takes to read', async () => {
  const evaluator = createEvaluator();
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const open = async (rows: string, ready: Promise<void>) => {
    const bytes = await encodeMask(labels(4, rows));
    const file = { arrayBuffer: () => ready.then(() => bytes.buffer) } as File;
    return evaluator.open([{ frame: 0, truth: { files: ['a.png'] } }], [{ path: 'a.png', file }], {
      width: 4,
      height: 4,
    });
  };
  const first = open('1111111100000000', slow);
  const rejects = expect(first).rejects.toMatchObject({ name: 'AbortError' });
  await open('0000000022222222', Promise.resolve());
  release();
  await rejects;
  await slow;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await evaluator.truth(0))!.labels).toEqual(labels(4, '0000000022222222').labels);
});
