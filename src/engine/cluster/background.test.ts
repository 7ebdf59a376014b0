import { expect, test } from 'vitest';
import { oneForeground, summariseClusters } from './background.ts';

/** Frames as pictures, one digit a token. */
function summarise(...frames: string[][]) {
  const labels = Int32Array.from(frames.flat().join(''), Number);
  const grid = { frames: frames.length, rows: frames[0]!.length, columns: frames[0]![0]!.length };
  return summariseClusters({ labels, clusters: Math.max(...labels) + 1 }, grid);
}
const background = (...frames: string[][]) => summarise(...frames).map((cluster) => cluster.background);

test('counts tokens, frames and border', () => {
  const [around, inside] = summarise(['0000', '0110', '0000'], ['0000', '0000', '0000']);
  expect(around).toMatchObject({ tokens: 22, frames: 2, border: 1 });
  expect(inside).toMatchObject({ tokens: 2, frames: 1, border: 0, share: 2 / 24 });
});

test('what surrounds is background, what is inside is not', () => {
  expect(background(['00000', '01100', '01100', '00000'])).toEqual([true, false]);
});

test('several backgrounds', () => {
  expect(background(['000000', '002200', '112211', '111111'])).toEqual([true, true, false]);
});

test('an object cut by the border stays an object', () => {
  expect(background(['0000000', '0011000', '0111100', '0111100', '0011000'])).toEqual([true, false]);
});

test('an object that the border cuts is one even among many parts; a scrap along the border is none', () => {
  // 1: a fifth of the picture, 4 of 32 border tokens. 2: 6 tokens, 5 of them on the border.
  const picture = [
    '0000000000',
    '0001111000',
    '0001111000',
    '0001111000',
    '2001111000',
    '2001111000',
    '2221111000',
    '2000000000',
  ];
  expect(background(picture)).toEqual([true, false, true]);
});

test('one cluster has to be an object, unless there is only one', () => {
  expect(background(['0011', '0011'])).toEqual([false, true]);
  expect(background(['000', '000'])).toEqual([true]);
});

test('one foreground is the union of what is not background, as if it were one cluster', () => {
  const clustering = { labels: Int32Array.from('000000001122200000000', Number), clusters: 3 };
  const grid = { frames: 1, rows: 3, columns: 7 };
  const clusters = summariseClusters(clustering, grid);
  expect(oneForeground(clustering, clusters, grid)).toMatchObject({
    id: 2,
    tokens: 5,
    share: 5 / 21,
    frames: 1,
    border: 0,
    background: false,
  });
  const alone = clusters.map((cluster) => ({ ...cluster, background: true }));
  expect(oneForeground(clustering, alone, grid)).toBeNull();
});
