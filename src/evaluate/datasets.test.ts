import { describe, expect, test } from 'vitest';
import { listedSequences, openDataset, readTruth, selectSequences } from './datasets.ts';
import type { FileSource } from './sequences.ts';

/** A folder with these files, none of which is read but those given with their text. */
function folder(paths: string[], texts: Record<string, string> = {}): FileSource {
  return {
    paths: [...paths, ...Object.keys(texts)],
    read: async (path) => new TextEncoder().encode(texts[path]),
  };
}

/** Sequences as text: `name: key=image+masks …`. */
async function layout(...args: Parameters<typeof openDataset>) {
  const { sequences, oddities } = await openDataset(...args);
  const truth = (t: (typeof sequences)[0]['frames'][0]['truth']) =>
    t && 'files' in t ? t.files.join('+') : '-';
  return {
    sequences: sequences.map(
      ({ name, frames }) =>
        `${name}: ${frames.map((f) => `${f.key}=${f.image ?? '-'} ${truth(f.truth)}`).join(', ')}`,
    ),
    oddities,
  };
}

describe('layouts', () => {
  test('DAVIS: 480p, unsupervised annotations first, others when asked for', async () => {
    const files = folder([
      'JPEGImages/480p/bear/00000.jpg',
      'JPEGImages/Full-Resolution/bear/00000.jpg',
      'Annotations/480p/bear/00000.png',
      'Annotations_unsupervised/480p/bear/00000.png',
      'Annotations/Full-Resolution/bear/00000.png',
      'ImageSets/2017/val.txt',
      'SOURCES.md',
    ]);
    expect(await layout(files)).toEqual({
      sequences: ['bear: 0=JPEGImages/480p/bear/00000.jpg Annotations_unsupervised/480p/bear/00000.png'],
      oddities: [],
    });
    const asked = { masks: 'Annotations', resolution: 'Full-Resolution' };
    expect((await layout(files, asked)).sequences).toEqual([
      'bear: 0=JPEGImages/Full-Resolution/bear/00000.jpg Annotations/Full-Resolution/bear/00000.png',
    ]);
  });

  test('SegTrack-v2: a folder an object', async () => {
    const files = [
      'JPEGImages/frog/frog_1.png',
      'JPEGImages/frog/frog_2.png',
      'JPEGImages/drift/a01.bmp',
      'GroundTruth/frog/frog_1.png',
      'GroundTruth/frog/frog_2.png',
      'GroundTruth/drift/2/a01.png',
      'GroundTruth/drift/1/a01.png',
    ];
    expect((await layout(folder(files))).sequences).toEqual([
      'drift: 1=JPEGImages/drift/a01.bmp GroundTruth/drift/1/a01.png+GroundTruth/drift/2/a01.png',
      'frog: 1=JPEGImages/frog/frog_1.png GroundTruth/frog/frog_1.png, 2=JPEGImages/frog/frog_2.png GroundTruth/frog/frog_2.png',
    ]);
  });

  test('FBMS-59: images beside the truth, which few frames have', async () => {
    const files = [
      'Testset/cars1/cars1_01.jpg',
      'Testset/cars1/cars1_02.jpg',
      'Testset/cars1/cars1_03.jpg',
      'Testset/cars1/GroundTruth/cars1_01_gt.pgm',
      'Testset/cars1/GroundTruth/cars1_01_PROB_gt.pgm',
      'Testset/cars1/GroundTruth/cars1Def.dat',
    ];
    expect(await layout(folder(files))).toEqual({
      sequences: [
        'Testset/cars1: 1=Testset/cars1/cars1_01.jpg Testset/cars1/GroundTruth/cars1_01_gt.pgm, 2=Testset/cars1/cars1_02.jpg -, 3=Testset/cars1/cars1_03.jpg -',
      ],
      oddities: [],
    });
  });

  test.each([
    ['one pair of folders', ['frames/1.jpg', 'masks/1.png'], ['0: x']],
    ['a pair a sequence', ['a/frames/1.jpg', 'a/masks/1.png'], ['a']],
    ['sequences in a pair', ['images/a/1.jpg', 'gt/a/1.png'], ['a']],
    ['MOVi as pictures', ['a/rgba_00001.png', 'a/segmentation_00001.png', 'a/depth_00001.png'], ['a']],
    ['masks alone', ['a/00001.png', 'a/notes.txt', '.DS_Store'], ['a']],
    ['masks of one sequence alone', ['00001.png'], ['']],
  ])('%s', async (_, files) => {
    const { sequences, oddities } = await openDataset(folder(files));
    const [first] = sequences;
    expect(sequences).toHaveLength(1);
    expect(oddities).toEqual([]);
    expect(first!.name).toBe(files[0]!.includes('/') && /(^|\/)a\//.test(files[0]!) ? 'a' : '');
    expect(first!.frames).toHaveLength(1);
    expect(first!.frames[0]).toMatchObject({ key: '1', truth: { files: [expect.stringMatching(/png$/)] } });
  });

  test('nothing of the kind gives nothing', async () => {
    expect(await openDataset(folder(['readme.md', 'video.mp4']))).toEqual({ sequences: [], oddities: [] });
  });
});

test('what is missing or odd is named', async () => {
  const files = [
    'frames/1.jpg',
    'frames/2.jpg',
    'frames/3.jpg',
    'frames/03.png',
    'masks/1.png',
    'masks/3.png',
    'masks/4.png',
  ];
  expect((await openDataset(folder(files))).oddities).toEqual([
    'frames/03.png is a second image for the frame of frames/3.jpg; it is left out.',
    ' has masks but no image for frames 4.',
    ' has no mask for frames 2.',
  ]);
});

describe('YouTube-VIS', () => {
  const json = {
    videos: [
      { id: 7, width: 2, height: 2, file_names: ['v1/00000.jpg', 'v1/00005.jpg'] },
      { id: 9, width: 2, height: 2, file_names: ['v2/00000.jpg'] },
    ],
    annotations: [
      { id: 1, video_id: 7, segmentations: [{ size: [2, 2], counts: [0, 2, 2] }, null] },
      { id: 2, video_id: 7, segmentations: [{ size: [2, 2], counts: [3, 1] }, null] },
    ],
  };
  const files = (value: unknown) =>
    folder(['train/JPEGImages/v1/00000.jpg', 'train/JPEGImages/v1/00005.jpg'], {
      'train/instances.json': typeof value === 'string' ? value : JSON.stringify(value),
    });

  test('objects are numbered in order; a frame in which none is seen is empty', async () => {
    const source = files(json);
    const { sequences, oddities } = await openDataset(source);
    expect(oddities).toEqual(['v2/00000.jpg is listed in train/instances.json, but the file is missing.']);
    expect(sequences.map(({ name }) => name)).toEqual(['v1', 'v2']);
    const [first, second] = sequences[0]!.frames;
    expect(first).toMatchObject({ key: '0', image: 'train/JPEGImages/v1/00000.jpg' });
    expect(Array.from((await readTruth(first!.truth!, source)).labels)).toEqual([1, 0, 1, 2]);
    expect(Array.from((await readTruth(second!.truth!, source)).labels)).toEqual([0, 0, 0, 0]);
    expect(sequences[1]!.frames[0]!.truth).toBeNull();
  });

  test.each([
    ['{'],
    ['{}'],
    ['null'],
    ['{"videos":[null],"annotations":[]}'],
    ['{"videos":[{"id":1}],"annotations":[]}'],
    [{ ...json, annotations: [1] }],
    [{ ...json, annotations: [{ video_id: 1, segmentations: [{ size: [2, 2] }] }] }],
    [{ ...json, annotations: [{ video_id: 1, segmentations: [{ counts: [1] }] }] }],
    [{ ...json, annotations: [{ video_id: 1, segmentations: [{ size: [2, 2], counts: [0.5] }] }] }],
    [{ ...json, videos: [{ id: 1, width: 1e9, height: 1e9, file_names: ['a/0.jpg'] }] }],
    [{ ...json, videos: [{ id: 1, width: 2, height: 2, file_names: [0] }] }],
  ])('refuses what is no such list (%#)', async (value) => {
    await expect(openDataset(files(value))).rejects.toMatchObject({ code: 'dataset/bad-json' });
  });
});

test('lists of sequences: a name a line, or DAVIS-2016’s line a frame', () => {
  expect(listedSequences('bear\r\ndog\n\n')).toEqual(['bear', 'dog']);
  const lines = ['0', '1'].map(
    (n) => `/JPEGImages/480p/bear/0000${n}.jpg /Annotations/480p/bear/0000${n}.png`,
  );
  expect(listedSequences(lines.join('\n'))).toEqual(['bear']);
});

test('sequences are chosen by name', async () => {
  const dataset = await openDataset(folder(['a/1.png', 'b/1.png', 'c/1.png']));
  expect(selectSequences(dataset, ['c', 'a']).sequences.map(({ name }) => name)).toEqual(['c', 'a']);
  expect(() => selectSequences(dataset, ['d'])).toThrow(
    expect.objectContaining({ code: 'dataset/no-sequence' }),
  );
});
