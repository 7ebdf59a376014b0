import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { failure } from '../errors.ts';
import { createIo } from '../io.ts';
import { writeWhole } from '../write.ts';
import { findClips } from './clips.ts';
import type { Row } from './index-file.ts';
import { type ManyOrder, segmentMany, type Task, type Worker } from './run.ts';

let folder: string;
let out: string;
let said: string[];
const stop = new AbortController();
const io = createIo({
  json: false,
  quiet: false,
  signal: stop.signal,
  out: { write: () => true },
  err: { write: (text: string) => said.push(text) },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  out = join(folder, 'out');
  said = [];
  await mkdir(out);
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, `${name}.mp4`), name.repeat(8));
});

/** Writes two masks and run.json, unless the test does otherwise in between. */
function fakeWorker(between: (task: Task) => Promise<void> = async () => {}, bytes = 8) {
  const made: string[] = [];
  let renewed = 0;
  const worker: Worker = {
    async segment(task) {
      const write = async (name: string, text: string | Uint8Array) => {
        if (task.there.has(name)) return;
        made.push(`${task.name}/${name}`);
        await writeWhole(join(task.folder, name), text);
      };
      await write('0.png', new Uint8Array(bytes));
      await between(task);
      await write('1.png', new Uint8Array(bytes));
      const record = { digest: task.digest, frames: [0, 1], objects: [1], seconds: 2 };
      await write('run.json', JSON.stringify(record));
      return { frames: 2, objects: 1, seconds: 2 };
    },
    renew: async () => {
      renewed++;
    },
  };
  return { worker, made, renewed: () => renewed };
}

async function run(worker: Worker, change: Partial<ManyOrder> = {}): Promise<Row[]> {
  const clips = await findClips([folder], undefined);
  const digestOf = (sizes: readonly number[]) => `digest of ${sizes}`;
  const onRows = async () => {};
  const order = { clips, out, digestOf, failFast: false, timeout: null, onRows, ...change };
  return segmentMany(order, worker, io);
}

const codes = (rows: readonly Row[]) => rows.map(({ clip, error }) => `${clip}: ${error?.code ?? 'done'}`);
const allDone = ['a: done', 'b: done', 'c: done'];
const inOut = async () => (await readdir(out)).sort();

test('each clip gets a folder, which is left as it is by the next run', async () => {
  const first = fakeWorker();
  expect(codes(await run(first.worker))).toEqual(allDone);
  expect(await inOut()).toEqual(['a', 'b', 'c']);
  expect((await readdir(join(out, 'a'))).sort()).toEqual(['0.png', '1.png', 'run.json']);

  const second = fakeWorker();
  const rows = await run(second.worker);
  expect(second.made).toEqual([]);
  expect(rows[0]).toEqual({
    clip: 'a',
    path: join(folder, 'a.mp4'),
    frames: 2,
    objects: 1,
    seconds: 2,
    error: null,
  });
});

test('another clip or other settings are segmented again, and so is what is missing', async () => {
  await run(fakeWorker().worker);
  await writeFile(join(folder, 'a.mp4'), 'another clip');
  await rm(join(out, 'c'), { recursive: true });
  const { worker, made } = fakeWorker();
  expect(codes(await run(worker))).toEqual(allDone);
  expect(new Set(made.map((name) => name[0]))).toEqual(new Set(['a', 'c']));
  const other = fakeWorker();
  await run(other.worker, { digestOf: () => 'other settings' });
  expect(other.made).toHaveLength(9);
});

test('a clip that fails is reported and passed over, and leaves nothing', async () => {
  const { worker } = fakeWorker(async ({ name }) => {
    if (name === 'b') throw failure('run/no-frames', { frames: 1 });
  });
  expect(codes(await run(worker))).toEqual(['a: done', 'b: run/no-frames', 'c: done']);
  expect(await inOut()).toEqual(['a', 'c']);
  expect(said.join('')).toMatch(/^b: .*\[run\/no-frames\]$/m);
  const fast = fakeWorker(async () => {
    throw failure('run/no-frames', { frames: 1 });
  });
  expect(codes(await run(fast.worker, { failFast: true, digestOf: () => 'x' }))).toEqual([
    'a: run/no-frames',
  ]);
});

test('what was cut off goes on with the masks that are done, unless the settings are others', async () => {
  const cut = fakeWorker(async ({ name }) => {
    if (name === 'b') throw failure('run/cancelled');
  });
  await expect(run(cut.worker)).rejects.toMatchObject({ code: 'run/cancelled' });
  expect(await inOut()).toEqual(['a', 'b.part']);
  const { worker, made } = fakeWorker();
  expect(codes(await run(worker))).toEqual(allDone);
  expect(made).toEqual(['b/1.png', 'b/run.json', 'c/0.png', 'c/1.png', 'c/run.json']);
  expect(await inOut()).toEqual(['a', 'b', 'c']);

  await mkdir(join(out, 'c.part'));
  await writeFile(join(out, 'c.part', 'unfinished'), 'other settings');
  await writeFile(join(out, 'c.part', 'old.png'), '');
  await rm(join(out, 'c'), { recursive: true });
  await run(fakeWorker().worker);
  expect((await readdir(join(out, 'c'))).sort()).toEqual(['0.png', '1.png', 'run.json']);
});

test('a part that lacks only its name gets it', async () => {
  await run(fakeWorker().worker);
  spawnSync('mv', [join(out, 'a'), join(out, 'a.part')]);
  const { worker, made } = fakeWorker();
  expect(codes(await run(worker))).toEqual(allDone);
  expect(made).toEqual([]);
  expect(await inOut()).toEqual(['a', 'b', 'c']);
});

test('a clip that takes too long is passed over with a fresh engine', async () => {
  const { worker, renewed } = fakeWorker(async ({ name }) => {
    if (name === 'a') await new Promise(() => {});
  });
  expect(codes(await run(worker, { timeout: 0.05 }))).toEqual(['a: many/timeout', 'b: done', 'c: done']);
  expect(renewed()).toBe(1);
  expect(await inOut()).toEqual(['a.part', 'b', 'c']);
});

test('a folder of somebody else’s is not replaced', async () => {
  await mkdir(join(out, 'b'));
  await writeFile(join(out, 'b', 'thesis.txt'), 'years of work');
  expect(codes(await run(fakeWorker().worker))).toEqual(['a: done', 'b: many/in-the-way', 'c: done']);
  expect(await readFile(join(out, 'b', 'thesis.txt'), 'utf8')).toBe('years of work');
  spawnSync('mv', [join(out, 'b'), join(out, 'b.part')]);
  expect(codes(await run(fakeWorker().worker))).toEqual(['a: done', 'b: many/in-the-way', 'c: done']);
  expect(await readFile(join(out, 'b.part', 'thesis.txt'), 'utf8')).toBe('years of work');
});

test('where nothing can be written, every clip says so', async () => {
  const file = join(folder, 'notes.txt');
  await writeFile(file, '');
  const rows = await run(fakeWorker().worker, { out: join(file, 'out') });
  for (const { error } of rows) expect(error?.code).toMatch(/^cli\/cannot-write$|^many\/in-the-way$/);
  expect(rows).toHaveLength(3);
});

test('on a full disk a clip that is too large makes room for those after it', async () => {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', out]);
  if (mounted.status !== 0) {
    console.log('No file system can be mounted here, so a full disk is not tried.');
    return;
  }
  onTestFinished(() => void spawnSync('umount', [out]));
  const { worker } = fakeWorker(async ({ name, folder: part }) => {
    if (name === 'b') await writeWhole(join(part, 'large.bin'), new Uint8Array(4e6));
  }, 1e5);
  expect(codes(await run(worker))).toEqual(['a: done', 'b: cli/cannot-write', 'c: done']);
  expect(await inOut()).toEqual(['a', 'c']);
  expect(said.join('')).toContain('ENOSPC');
});
