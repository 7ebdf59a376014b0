import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test.each<[cell: string | number, written: string]>([
  ['Ball', 'Ball'],
  ['Bar, "left"', '"Bar, ""left"""'],
  ["=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['+1', "'+1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  ['\r=1', '"\'\r=1"'],
  ['＝1', "'＝1"],
  ['a=b', 'a=b'],
  ['', ''],
  [-2.5, '-2.5'],
])('%j is written %s', (cell, written) => {
  expect(csvLine([cell, 1])).toBe(`${written},1`);
});
