import { expect, test } from 'vitest';
import { frameKeys, matchFrames } from './frame-names.ts';

test.each<[what: string, names: string[], keys: string[]]>([
  ['plain numbers', ['a/00008.png', 'a/00009.png', 'a/00010.png'], ['8', '9', '10']],
  ['a size behind', ['frame_0000_mask_480p.png', 'frame_0001_mask_480p.png'], ['0', '1']],
  ['a width and height behind', ['f3_1920x1080.png', 'f4_1920x1080.png'], ['3', '4']],
  ['an object’s number behind', ['f3_obj1.png', 'f4_obj1.png', 'f9_obj1.png'], ['3', '4', '9']],
  ['a shot’s number in front', ['shot02_007.png', 'shot02_008.png'], ['7', '8']],
  ['a time stamp behind', ['f_1_1700000000123.png', 'f_2_1700000000163.png'], ['1', '2']],
  ['a time stamp in front', ['1700000000123_1.png', '1700000000163_2.png'], ['1', '2']],
  [
    'time stamps past what a number holds',
    ['20240101120000123456.png', '20240101120000123457.png'],
    ['20240101120000123456', '20240101120000123457'],
  ],
  ['one file with a size', ['frame_0005_mask_480p.png'], ['5']],
  ['one file of FBMS', ['cars1_01_gt.pgm'], ['1']],
  ['words', ['left_mask.png', 'right_mask.png'], ['left', 'right']],
  ['one word', ['frame.png'], ['frame']],
  ['a stray file beside', ['f_1.png', 'f_2.png', 'notes_1_2.png'], ['1', '2', '2']],
])('%s', (_, names, keys) => {
  expect(frameKeys(names)).toEqual(keys);
});

test.each<[what: string, wanted: string[], given: string[], places: number[] | null]>([
  ['the same names', ['0.png', '1.png'], ['1.png', '0.png'], [1, 0]],
  ['more of them', ['5.png'], ['4_480p.png', '5_480p.png', '6_480p.png'], [1]],
  ['numbers where time stamps count too', ['100.png', '140.png'], ['0_100.png', '1_140.png'], [0, 1]],
  ['words with an ending', ['left.png', 'right.png'], ['left_mask.png', 'right_mask.png'], [0, 1]],
  ['a frame that is not there', ['0.png', '7.png'], ['0.png', '1.png'], null],
  ['nothing given', ['0.png'], [], null],
])('files match: %s', (_, wanted, given, places) => {
  expect(matchFrames(wanted, given)).toEqual(places);
});
