import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findClips, isFolderName, isOneClip, linesOf } from './clips.ts';

let folder: string;
const at = (...path: string[]) => join(folder, ...path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  for (const name of ['clips/walk', 'clips/10', 'clips/9.part', 'frames', 'empty', 'twins'])
    await mkdir(at(name), { recursive: true });
  const files = ['clips/10.mp4', 'clips/9.MOV', 'clips/notes.txt', 'clips/._9.MOV', 'clips/walk/00000.jpg'];
  const masks = [
    'clips/10/00000.png',
    'clips/10/run.json',
    'clips/9.part/00000.png',
    'clips/9.part/unfinished',
  ];
  for (const name of [...files, ...masks, 'frames/1.jpg', 'frames/2.jpg', 'twins/9.webm', 'twins/Ä.mp4'])
    await writeFile(at(name), '');
});
afterAll(() => rm(folder, { recursive: true }));

const named = async (...typed: string[]) =>
  (await findClips(typed, undefined)).map(({ name, refused }) =>
    refused ? `${name}: ${refused.code}` : name,
  );

test('a folder of videos and folders of frames is many clips in natural order, without masks made before', async () => {
  expect(await named(at('clips'))).toEqual(['9', '10', 'walk']);
  expect(await named(at('frames'))).toEqual(['frames']);
  expect(await isOneClip(at('frames'))).toBe(true);
  expect(await isOneClip(at('clips/10.mp4'))).toBe(true);
  expect(await isOneClip(at('clips'))).toBe(false);
  await expect(isOneClip(at('empty'))).rejects.toMatchObject({ code: 'cli/no-frames' });
  await expect(isOneClip(at('absent'))).rejects.toMatchObject({ code: 'cli/no-input' });
});

test('patterns are filled in, and say when nothing fits', async () => {
  expect(await isOneClip(at('clips/*.mp4'))).toBe(false);
  expect(await named(at('clips/*.{mp4,MOV}'))).toEqual(['9', '10']);
  expect(await named(at('c*'))).toEqual(['9', '10', 'walk']);
  expect(await named(at('*.mkv'))).toEqual(['*: many/no-clips']);
});

test('links in a folder count as their targets; one that leads nowhere is reported when its turn comes', async () => {
  await mkdir(at('links'));
  await symlink(at('frames'), at('links', 'run'));
  await symlink(at('clips', '10.mp4'), at('links', 'film.mp4'));
  await symlink(at('absent.mp4'), at('links', 'gone.mp4'));
  expect(await named(at('links'))).toEqual(['film', 'gone', 'run']);
});

test('what is missing, empty or of one name with another is refused, and the rest stays', async () => {
  expect(await named(at('absent.mp4'), at('clips'), at('empty'), at('twins/9.webm'))).toEqual([
    'absent: cli/no-input',
    '9',
    '10',
    'walk',
    'empty: many/no-clips',
    '9: many/same-name',
  ]);
});

test('a list has a path a line, below its own folder, and names after a tab', async () => {
  const lines = linesOf('\ufeffa.mp4\r\n\n/b/c.mp4\t horse \nd e.mp4\t\n', '/lists');
  expect(lines).toEqual([
    { path: '/lists/a.mp4', name: null },
    { path: '/b/c.mp4', name: 'horse' },
    { path: '/lists/d e.mp4', name: null },
  ]);
  const list = at('list.txt');
  const names = [
    'clips/9.MOV',
    'twins/9.webm\tnine',
    'absent.mp4',
    'clips/10.mp4\t../up',
    'twins/Ä.mp4\tNINE',
  ];
  await writeFile(list, names.join('\n'));
  expect((await findClips([], list)).map(({ name, refused }) => [name, refused?.code ?? null])).toEqual([
    ['9', null],
    ['nine', null],
    ['absent', 'cli/no-input'],
    ['../up', 'many/bad-name'],
    ['NINE', 'many/same-name'],
  ]);
  await expect(findClips([], at('no-list'))).rejects.toMatchObject({ code: 'cli/no-input' });
});

test('a clip’s name can be that of a folder beside the index', () => {
  for (const name of ['horse', 'a.b', 'Ä 1', '索']) expect(isFolderName(name)).toBe(true);
  for (const name of ['', ' ', '.', '..', 'a/b', 'a\\b', 'a\tb', 'x.part', 'index.json', 'index-1-of-2.csv'])
    expect(isFolderName(name)).toBe(false);
  expect(isFolderName('ü'.repeat(101))).toBe(false);
});
