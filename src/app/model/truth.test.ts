import { expect, test } from 'vitest';
import { openDataset } from '../../evaluate/datasets.ts';
import { isLabelPicture, placeMasks, truthIn } from './truth.ts';

const dataset = (paths: string[]) =>
  openDataset({ paths, read: () => Promise.reject(new Error('nothing is read')) });

const masks = (...keys: string[]) => keys.map((key) => ({ key, truth: { files: [`${key}.png`] } }));
const framesOf = (placed: { frame: number }[]) => placed.map(({ frame }) => frame);

test('frames and masks of one clip are both found, masks by the place of their frame', async () => {
  const found = truthIn(
    await dataset(['dog/frames/05.jpg', 'dog/frames/06.jpg', 'dog/frames/07.jpg', 'dog/masks/07.png']),
    false,
  );
  expect(found).toEqual({
    kind: 'both',
    images: ['dog/frames/05.jpg', 'dog/frames/06.jpg', 'dog/frames/07.jpg'],
    placed: [{ frame: 2, truth: { files: ['dog/masks/07.png'] } }],
  });
});

test('a folder of masks is truth by its name or by its pictures', async () => {
  const bare = await dataset(['dog/00000.png', 'dog/00001.png']);
  expect(truthIn(bare, false)).toBeNull();
  expect(truthIn(bare, true)).toMatchObject({ kind: 'masks', masks: [{ key: '0' }, { key: '1' }] });
  expect(truthIn(await dataset(['Annotations/480p/dog/00000.png']), false)).toMatchObject({ kind: 'masks' });
});

test('frames alone are none, and several clips are refused', async () => {
  expect(truthIn(await dataset(['frames/0.png']), true)).toBeNull();
  const two = await dataset(['a/frames/0.png', 'a/masks/0.png', 'b/frames/0.png', 'b/masks/0.png']);
  expect(() => truthIn(two, false)).toThrow(expect.objectContaining({ code: 'truth/several' }));
});

test('indexed and grey pictures may be masks, photographs not', () => {
  const png = (colourType: number) => {
    const start = new Uint8Array(26);
    start.set([0x89, 0x50, 0x4e, 0x47]);
    start[25] = colourType;
    return start;
  };
  expect([0, 2, 3, 6].map((type) => isLabelPicture(png(type)))).toEqual([true, false, true, false]);
  expect(isLabelPicture(new TextEncoder().encode('P5 4 4 255'))).toBe(true);
  expect(isLabelPicture(Uint8Array.of(0xff, 0xd8, 0xff))).toBe(false);
});

test('masks go to the frame of their number', () => {
  const pictures = { names: ['img_010.jpg', 'img_011.jpg', 'img_012.jpg'], frameCount: 3 };
  expect(framesOf(placeMasks(masks('10', '12'), pictures))).toEqual([0, 2]);
  const video = { names: null, frameCount: 3 };
  expect(framesOf(placeMasks(masks('0', '2'), video))).toEqual([0, 2]);
  expect(framesOf(placeMasks(masks('1', '2'), video))).toEqual([1, 2]);
  expect(framesOf(placeMasks(masks('1', '3'), video))).toEqual([0, 2]);
});

test('masks with other names go to the frame that these name', async () => {
  const pictures = { names: ['left.jpg', 'right.jpg'], frameCount: 2 };
  const named = await dataset(['masks/right_mask.png', 'masks/left_mask.png']);
  const found = truthIn(named, true);
  expect(framesOf(placeMasks(found?.kind === 'masks' ? found.masks : [], pictures))).toEqual([0, 1]);
  const sized = truthIn(await dataset(['masks/f_0000_480p.png', 'masks/f_0002_480p.png']), true);
  const video = { names: null, frameCount: 3 };
  expect(framesOf(placeMasks(sized?.kind === 'masks' ? sized.masks : [], video))).toEqual([0, 2]);
});

test('masks without a frame are named', () => {
  const clip = { names: null, frameCount: 3 };
  expect(() => placeMasks(masks('0', '7'), clip)).toThrow(
    expect.objectContaining({
      code: 'truth/frames',
      message: 'The clip has no frames for the masks numbered 7: its frames are 0 to 2.',
    }),
  );
});
