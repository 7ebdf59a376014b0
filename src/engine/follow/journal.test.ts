import { expect, test } from 'vitest';
import { type Basis, Journal, type JournalFile } from './journal.ts';
import { type FrameRecord, Records, SOURCE } from './records.ts';

const grid = { frames: 4, rows: 1, columns: 2 };
const cells = { rows: 1, columns: 3 };
const basis: Basis = { key: 'settings', mark: 'leaves', leaves: 5, grid, cells };
const frames = [0, 1, 2, 3].map(
  (i): FrameRecord => ({
    leaves: Uint16Array.of(i, 0, 1, i + 1, 2, 3),
    weights: Uint8Array.of(255, 9, i, 250, 8, i),
    motion: Uint8Array.of(i, 7, 100),
  }),
);

/** A file in memory, read in pieces of some bytes. */
function memoryFile(piece = 7): JournalFile & { bytes: Uint8Array<ArrayBuffer> } {
  return {
    bytes: new Uint8Array(0),
    async *read() {
      const { bytes } = this;
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
    write(at, bytes) {
      const before = this.bytes.subarray(0, at);
      this.bytes = new Uint8Array(at + bytes.length);
      this.bytes.set(before);
      this.bytes.set(bytes, at);
    },
    written: async () => undefined,
    close: async () => undefined,
  };
}

/** Records of a session that are kept in a file, with what was there before. */
async function session(file: JournalFile, on = basis) {
  const records = new Records(grid, cells);
  const journal = new Journal(file);
  await journal.takeOver(on, records);
  records.keeper = journal;
  return { records, journal };
}

const recalled = (file: JournalFile, leaves: number) =>
  new Journal(file).recall(
    ({ key }) => key === basis.key,
    leaves,
    async (found) => new Records(found.grid, found.cells),
  );

const sourcesOf = (records: Records) => [...records.allSources()];

test('records come back as they were, with their sources and what was strange in them', async () => {
  const file = memoryFile();
  const { records } = await session(file);
  records.outliers.set(2, Int32Array.of(1));
  records.set(2, frames[2]!, SOURCE.analysed);
  records.set(1, { ...frames[1]!, motion: new Uint8Array(0) }, SOURCE.propagated);
  records.set(1, frames[1]!, SOURCE.propagated);

  const { records: later } = await session(file);
  expect(sourcesOf(later)).toEqual([SOURCE.pending, SOURCE.propagated, SOURCE.analysed, SOURCE.pending]);
  expect([later.get(1), later.get(2)]).toEqual([frames[1], frames[2]]);
  expect([...later.outliers]).toEqual([[2, Int32Array.of(1)]]);
  later.set(0, frames[0]!, SOURCE.analysed);
  expect(sourcesOf((await session(file)).records).slice(0, 2)).toEqual([SOURCE.analysed, SOURCE.propagated]);
});

test('a frame that cannot be decoded is not tried again', async () => {
  const file = memoryFile();
  (await session(file)).records.lose(3);
  const { records } = await session(file);
  expect([records.isLost(3), records.unfollowed]).toEqual([true, 3]);
});

test('whatever the file was cut to, what is whole in it counts, and is gone on with', async () => {
  const file = memoryFile();
  const { records } = await session(file);
  const ends = frames.map((frame, place) => {
    records.set(place, frame, SOURCE.analysed);
    return file.bytes.length;
  });
  const whole = file.bytes;
  for (let length = 0; length <= whole.length; length += 5) {
    file.bytes = whole.slice(0, length);
    const { records: left } = await session(file);
    const there = ends.filter((end) => end <= length).length;
    expect(4 - left.unfollowed, `${length} bytes`).toBe(there);
    for (const [place, frame] of frames.entries()) left.set(place, frame, SOURCE.analysed);
    expect((await session(file)).records.unfollowed).toBe(0);
  }
});

test.each([
  ['other leaves', { mark: 'others' }],
  ['other settings', { key: 'others' }],
  ['another clip', { grid: { ...grid, frames: 5 } }],
])('with %s it starts afresh', async (_, change) => {
  const file = memoryFile();
  (await session(file)).records.set(1, frames[1]!, SOURCE.analysed);
  expect((await session(file, { ...basis, ...change })).records.unfollowed).toBe(4);
  expect((await session(file)).records.unfollowed, 'and what was there is gone').toBe(4);
});

test('of newcomers and instances a result has all, and a later run nothing: it finds them again', async () => {
  const file = memoryFile();
  const { records } = await session(file);
  for (const [place, frame] of frames.entries()) records.set(place, frame, SOURCE.analysed);
  records.keeper!.grown(7);
  records.reopen(3);
  const named = { ...frames[2]!, leaves: Uint16Array.of(6, 0, 1, 5, 2, 3) };
  records.set(2, named, SOURCE.analysed);

  const grown = (await recalled(file, 7))!;
  expect([grown.unfollowed, grown.get(2)]).toEqual([1, named]);
  const before = (await recalled(file, 5))!;
  expect([before.unfollowed, before.get(2)]).toEqual([0, frames[2]]);
  expect(await recalled(file, 9), 'a result with more than was kept').toBeNull();

  const { records: later } = await session(file);
  expect([later.unfollowed, later.get(2)]).toEqual([0, frames[2]]);
});

test('damage ends what is read, and a record of leaves that are not there is none', async () => {
  const file = memoryFile();
  const { records } = await session(file);
  records.set(0, frames[0]!, SOURCE.analysed);
  records.set(1, { ...frames[1]!, leaves: Uint16Array.of(9, 0, 0, 0, 0, 0) }, SOURCE.analysed);
  records.set(2, frames[2]!, SOURCE.analysed);
  expect(sourcesOf((await session(file)).records)).toEqual([SOURCE.analysed, 0, 0, 0]);
  file.bytes = crypto.getRandomValues(new Uint8Array(500));
  expect((await session(file)).records.unfollowed).toBe(4);
});

test('a disk that is full ends what is kept, and not the run', async () => {
  const file = memoryFile();
  const { records, journal } = await session(file);
  file.write = () => {
    throw new Error('The disk is full.');
  };
  records.set(0, frames[0]!, SOURCE.analysed);
  expect([journal.failed, records.unfollowed]).toEqual([true, 3]);
});
