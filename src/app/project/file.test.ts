import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { runSettings } from '../../../test/run-settings.ts';
import type { Prompted } from '../../engine/mask/corrections.ts';
import { type Effects, USUAL_EFFECTS } from '../../engine/mask/effects.ts';
import { NOTHING, type Stroke } from '../../engine/mask/strokes.ts';
import type { Followed, RunResult } from '../../engine/session/result.ts';
import { NO_SPANS } from '../../lib/spans.ts';
import { withClass } from '../model/classes.ts';
import { NO_HISTORY, recorded, type Snapshot } from '../model/history.ts';
import { changed, objectsOf } from '../model/objects.ts';
import { checkDocument } from './check.ts';
import { type Project, type ProjectDocument, pack, sameWork, unpack, VERSION } from './document.ts';
import { readProject, writeProject } from './file.ts';

const settings = runSettings({
  model: 'ba-tiny-v0',
  height: 32,
  width: 32,
  stride: 2,
  tau: 0.2,
  ratio: 0.5,
});

const labels = Int32Array.of(0, 0, 1, 1, 0, 0, 0, 1);
const cluster = (id: number, tokens: number, background: boolean) => ({
  id,
  tokens,
  share: tokens / 8,
  frames: 2,
  border: 0.5,
  background,
});
const result: RunResult = {
  settings,
  notes: [],
  frames: Int32Array.of(0, 2),
  grid: { frames: 2, rows: 2, columns: 2 },
  clustering: {
    labels,
    clusters: 2,
    levels: [
      { clusters: 3, parent: Int32Array.of(0, 0, 1, 2, 0, 0, 0, 1) },
      { clusters: 2, parent: Int32Array.of(0, 1, 1) },
    ],
    distances: null,
    pairs: { computed: 10, all: 28, share: 10 / 28 },
  },
  parts: Int32Array.of(0, 0, 1, 2, 0, 0, 0, 1),
  followed: null,
  clusters: [cluster(0, 5, true), cluster(1, 3, false)],
  times: [{ stage: 'cluster', seconds: 0.5 }],
  device: {
    device: 'wasm',
    why: { code: 'cpu-chosen', params: { threads: 2 } },
    adapter: null,
    features: [],
    threads: 2,
    precision: 'float32',
  },
  memory: { peakBytes: 1000 },
};
const stroke: Stroke = {
  frame: 0,
  to: NOTHING,
  from: [1],
  points: [0.5, 0.5],
  radius: 0.1,
  carried: Int32Array.of(5, 7),
};
const objects = objectsOf(result.clusters);
const renamed = changed(objects, new Set([1]), { name: 'Ball', colour: 0xffffff });
const grey: Effects = { ...USUAL_EFFECTS, background: 'grey', feather: 4 };
const snapshot: Snapshot = {
  settings,
  objects,
  strokes: [],
  effects: USUAL_EFFECTS,
  classes: [],
  reviewed: NO_SPANS,
};
const clicked: Prompted = {
  clicks: [{ frame: 2, x: 0.25, y: 0.75, positive: true }],
  to: NOTHING - 1,
  keeps: [0],
  tokens: Int32Array.of(2, 6),
  shares: Uint8Array.of(255, 130),
};
const after: Snapshot = {
  settings,
  objects: withClass(renamed, new Set([1]), 1),
  strokes: [stroke, clicked],
  effects: grey,
  classes: [
    { id: 1, name: 'ball', colour: 0x123456 },
    { id: 0, name: 'goal', colour: 0 },
  ],
  reviewed: [[0, 2]],
};
const project: Project = {
  clip: { name: 'ball.mp4', width: 64, height: 48, frameCount: 4, bytes: 1234 },
  frame: 3,
  result,
  ...after,
  history: recorded(recorded(NO_HISTORY, { label: 'Rename', before: snapshot, after }), {
    label: 'Paint',
    before: after,
    after,
  }),
};

const written = async (document: ProjectDocument = pack(project), clip: File[] = []) =>
  new File([await writeProject(document, clip)], 'ball.unprompted');

test('a project file brings everything back, and its clip where it came along', async () => {
  const clip = new File([Uint8Array.of(1, 2, 3)], 'ball.mp4');
  const read = await readProject(await written(pack(project), [clip]));
  expect(unpack(read.document)).toEqual(project);
  expect(read.clip.map(({ name }) => name)).toEqual(['ball.mp4']);
  expect([...new Uint8Array(await read.clip[0]!.arrayBuffer())]).toEqual([1, 2, 3]);
  expect((await readProject(await written())).clip).toEqual([]);
});

test('what an earlier version said in sentences is shown as it was', () => {
  const found = pack(project);
  const [moved, odd] = [
    'Nothing moves in this clip, so the objects were found by appearance.',
    'It was odd.',
  ];
  const earlier = {
    ...found.result,
    notes: [moved, odd],
    device: { ...found.result!.device, why: 'No GPU.' },
  };
  const { result } = checkDocument({ ...found, result: earlier }, 'x');
  expect(result!.notes).toEqual([{ code: 'run/nothing-moves' }, { says: odd }]);
  expect(result!.device.why).toEqual({ says: 'No GPU.' });
  expect(checkDocument({ ...found, result }, 'x').result).toEqual(result);
});

test.each([
  ['a note that nothing says', (d) => Object.assign(d.result!, { notes: [{ code: 'run/what' }] })],
  ['a note of what is no figure', (d) => Object.assign(d.result!, { notes: [odd('run/gpu-lost')] })],
  ['a reason that nothing says', (d) => Object.assign(d.result!.device, { why: { code: 'toString' } })],
] satisfies [string, (document: ProjectDocument) => void][])('%s is refused', (_, change) => {
  expect(() => checkDocument(broken(change), 'x')).toThrow(expect.objectContaining({ code: 'project/bad' }));
});

const odd = (code: string) => ({ code, params: { reason: { toString: 1 } } });

test('things that snapshots share are written once', () => {
  const document = pack(project);
  expect([document.settings.length, document.objects.length, document.strokes.length]).toEqual([1, 3, 2]);
  const { history } = unpack(document);
  expect(history.past[1]!.before.objects[0]).toBe(history.past[0]!.after.objects[0]);
});

test('work is the same whatever the order of its keys and the frame that it was left at, and not once it is another', () => {
  const document = pack(project);
  const turned = Object.fromEntries(Object.entries(document.result!.settings).reverse());
  const kept = broken((d) => Object.assign(d, { frame: 1, result: { ...d.result!, settings: turned } }));
  expect(sameWork(kept, document)).toBe(true);
  const other = broken((d) => d.result!.clustering.labels.set([1]));
  expect(sameWork(other, document)).toBe(false);
});

const manyClasses = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, name: `class ${id}`, colour: 0 }));

/** A document with one thing changed. */
function broken(change: (document: ProjectDocument) => void): ProjectDocument {
  const document = structuredClone(pack(project));
  change(document);
  return document;
}

test.each<[string, (document: ProjectDocument) => void]>([
  ['a label of no cluster', (d) => d.result!.clustering.labels.fill(7)],
  ['fewer labels than tokens', (d) => Object.assign(d.result!.clustering, { labels: new Int32Array(3) })],
  ['frames past the clip', (d) => d.result!.frames.set([0, 4])],
  ['frames out of order', (d) => d.result!.frames.set([2, 0])],
  ['a level that does not fit', (d) => d.result!.clustering.levels[1]!.parent.set([9])],
  ['parts of no level', (d) => d.result!.parts!.fill(3)],
  ['an edit of an unknown object', (d) => d.past[0]!.after.objects.push(99)],
  ['a stroke over tokens that are not there', (d) => (d.strokes[0] as Stroke).carried.set([5, 8])],
  ['a stroke of half a point', (d) => Object.assign(d.strokes[0]!, { points: [0.5] })],
  ['clicks that only take away', (d) => ((d.strokes[1] as Prompted).clicks[0]!.positive = false)],
  [
    'an object of clicks with a label that no map holds',
    (d) => Object.assign(d.strokes[1]!, { to: 2 ** 16 }),
  ],
  ['an object of tokens that are not there', (d) => (d.strokes[1] as Prompted).tokens.set([8], 1)],
  [
    'an object with fewer shares than tokens',
    (d) => Object.assign(d.strokes[1]!, { shares: new Uint8Array(1) }),
  ],
  ['a setting that no run can have', (d) => Object.assign(d.settings[0]!, { ratio: 0 })],
  ['a colour that is a word', (d) => Object.assign(d.objects[0]!, { colour: 'red' })],
  ['a clip of a billion pixels a side', (d) => Object.assign(d.clip, { width: 1e9, height: 1e9 })],
  ['a clip of a billion frames', (d) => Object.assign(d.clip, { frameCount: 1e9 })],
  [
    'a model run on a billion pixels a side',
    (d) => Object.assign(d.settings[0]!, { width: 1e9, height: 1e9 }),
  ],
  ['a result of such a run', (d) => Object.assign(d.result!.settings, { height: 1e9 })],
  ['an effect that there is none of', (d) => Object.assign(d.effects[0]!, { background: 'fire' })],
  ['an edge a mile wide', (d) => Object.assign(d.effects[1]!, { feather: 1e6 })],
  ['a snapshot of unknown effects', (d) => Object.assign(d.past[0]!.before, { effects: 2 })],
  ['an object that looks like nothing known', (d) => Object.assign(d.objects[0]!, { look: 'gone' })],
  ['an object of a class that is not there', (d) => Object.assign(d.objects[2]!, { classId: 7 })],
  ['an edit before its object’s class', (d) => Object.assign(d.past[1]!.after, { classes: 1 })],
  ['a snapshot of unknown classes', (d) => Object.assign(d.now, { classes: 2 })],
  ['more classes than there may be', (d) => (d.classes[0] = manyClasses(255))],
  ['two classes of one name', (d) => Object.assign(d.classes[0]![0]!, { name: 'goal' })],
  ['two classes of one number', (d) => Object.assign(d.classes[0]![1]!, { id: 1 })],
  ['a class without a name', (d) => Object.assign(d.classes[0]![0]!, { name: '' })],
  ['a class whose name has blanks around it', (d) => Object.assign(d.classes[0]![0]!, { name: ' ball' })],
  ['a class with a long name', (d) => Object.assign(d.classes[0]![0]!, { name: 'x'.repeat(101) })],
  ['a class of no colour', (d) => Object.assign(d.classes[0]![0]!, { colour: -1 })],
  ['a reviewed frame past the clip', (d) => (d.reviewed[0] = [[3, 5]])],
  [
    'reviewed frames out of order',
    (d) =>
      (d.reviewed[0] = [
        [2, 3],
        [0, 1],
      ]),
  ],
  ['reviewed frames that are no numbers', (d) => Object.assign(d.reviewed, { 0: [['a', 2]] })],
  ['a snapshot of unknown reviews', (d) => Object.assign(d.past[0]!.before, { reviewed: 9 })],
  ['a size that is not finite', (d) => Object.assign(d.clip, { bytes: Number.POSITIVE_INFINITY })],
])('a document with %s is refused', (_, change) => {
  expect(() => checkDocument(broken(change), 'x')).toThrow(expect.objectContaining({ code: 'project/bad' }));
});

/** The same of a followed run that another τ can be found in: its first two leaves are the samples', and the third a twin of the first. */
const reclusterable: Followed = {
  sources: Uint8Array.of(1, 1),
  samples: Int32Array.of(0),
  keys: Int32Array.of(0),
  quick: false,
  complete: true,
  mark: '',
  motion: true,
  soft: {
    cells: { rows: 1, columns: 1 },
    leaves: new Uint16Array(24),
    weights: new Uint8Array(24),
    motion: new Uint8Array(2),
  },
  apart: new Float32Array(9),
  leaves: {
    rows: Float32Array.of(0.5, 0.5, 1, 0),
    width: 2,
    metric: 'kl',
    members: Int32Array.of(4),
    options: { tau: 0.1, inclusive: false },
    leafTau: 0.1,
    residual: new Float32Array(8),
    later: { frames: Int32Array.of(2), residual: new Float32Array(8) },
    twins: Int32Array.of(0, 1),
  },
};
type Kept = NonNullable<Followed['leaves']>;
const brokenLeaves = (change: (leaves: Kept, followed: Followed) => void) =>
  broken((d) => {
    const followed = structuredClone(reclusterable);
    change(followed.leaves!, followed);
    d.result!.followed = followed;
  });

test('leaves come back with the followed run that they are of, and are missed by none of an earlier version', async () => {
  const document = brokenLeaves(() => {});
  const read = await readProject(await written(document));
  expect(read.document.result!.followed).toEqual(reclusterable);
  const older = brokenLeaves((_, followed) => Reflect.deleteProperty(followed, 'leaves'));
  expect(checkDocument(older, 'x').result!.followed!.leaves).toBeNull();
});

test.each<[string, (leaves: Kept, followed: Followed) => void]>([
  ['more rows than leaves', (leaves) => Object.assign(leaves, { rows: new Float32Array(6) })],
  ['rows of no width', (leaves) => Object.assign(leaves, { width: 0 })],
  ['a share that is no number', (leaves) => leaves.rows.fill(Number.NaN)],
  ['a share below nothing', (leaves) => leaves.rows.set([-1])],
  ['more leaves in the samples than there are', (l) => Object.assign(l, { members: new Int32Array(3) })],
  ['none in the samples', (leaves) => Object.assign(leaves, { members: new Int32Array(0) })],
  ['fewer tokens than none', (leaves) => leaves.members.fill(-1)],
  [
    'newcomers that were seen nowhere',
    (leaves) => Object.assign(leaves.later, { frames: new Int32Array(0), residual: new Float32Array(0) }),
  ],
  ['half a twin', (leaves) => Object.assign(leaves, { twins: Int32Array.of(0) })],
  ['a twin of no leaf', (leaves) => leaves.twins.set([2])],
  ['a twin that is the first', (leaves) => leaves.twins.set([0, 0])],
  ['motion of too few tokens', (leaves) => Object.assign(leaves, { residual: new Float32Array(7) })],
  ['motion beyond all bounds', (leaves) => leaves.residual.fill(Number.POSITIVE_INFINITY)],
  ['newcomers without motion', (leaves) => Object.assign(leaves.later, { residual: new Float32Array(0) })],
  ['newcomers in a frame that is not there', (leaves) => leaves.later.frames.fill(1)],
  ['a τ of nothing', (leaves) => Object.assign(leaves.options, { tau: 0 })],
  ['a sample that is not there', (_, followed) => followed.samples.fill(1)],
  ['a sample twice', (_, followed) => Object.assign(followed, { samples: Int32Array.of(0, 0) })],
  ['no records', (_, followed) => Object.assign(followed, { soft: null })],
])('leaves with %s are refused', (_, change) => {
  expect(() => checkDocument(brokenLeaves(change), 'x')).toThrow(
    expect.objectContaining({ code: 'project/bad' }),
  );
});

test('files of earlier versions open: settings that are gone are left out, newer ones have their first value', () => {
  const older = broken((d) => {
    Object.assign(d.settings[0]!, { pool: 2, clustering: 'agglomerative' });
    Reflect.deleteProperty(d.settings[0]!, 'seed');
  });
  expect(checkDocument(older, 'x').settings).toEqual([{ ...settings, clustering: 'windowed' }]);
});

test('files from before there were effects, classes and reviewed frames open without any', () => {
  const older = broken((d) => {
    const snapshots = [d.now, ...d.past.flatMap(({ before, after }) => [before, after])];
    for (const name of ['effects', 'classes', 'reviewed'])
      for (const part of [d, ...snapshots]) Reflect.deleteProperty(part, name);
    for (const object of d.objects) Reflect.deleteProperty(object, 'classId');
  });
  const { effects, classes, reviewed, history } = unpack(checkDocument(older, 'x'));
  expect([effects, classes, reviewed]).toEqual([USUAL_EFFECTS, [], []]);
  expect(history.past[0]!.before).toMatchObject({ effects: USUAL_EFFECTS, classes: [], reviewed: [] });
});

test('as many classes as there may be open', () => {
  const full = broken((d) => (d.classes[0] = manyClasses(254)));
  expect(unpack(checkDocument(full, 'x')).classes).toHaveLength(254);
});

test('a newer document is distinguished from a broken one', () => {
  const newer = { ...pack(project), version: VERSION + 1 };
  expect(checkDocument({ ...pack(project), version: 1 }, 'x')).toEqual(pack(project));
  expect(() => checkDocument(newer, 'x')).toThrow(expect.objectContaining({ code: 'project/newer' }));
});

test.each<[string, () => BlobPart]>([
  ['no zip', () => 'not a zip'],
  ['an empty zip', () => zipSync({})],
  [
    'a zip without the arrays',
    () => zipSync({ 'project.json': new TextEncoder().encode('{"a":{"$i32":0}}') }),
  ],
  ['a zip whose JSON is none', () => zipSync({ 'project.json': new TextEncoder().encode('{') })],
])('%s is no project', async (_, content) => {
  const file = new File([content()], 'x.unprompted');
  await expect(readProject(file)).rejects.toMatchObject({ code: 'project/bad' });
});

/** A project with these files beside its own. */
async function packed(beside: Record<string, Uint8Array>, level: 0 | 1 | 9 = 9): Promise<File> {
  const own = unzipSync(new Uint8Array(await (await written()).arrayBuffer()));
  return new File([zipSync({ ...own, ...beside }, { level })], 'x.unprompted');
}
const numbered = (count: number, bytes: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`clip/${i}.png`, new Uint8Array(bytes)]));

test.each<[what: string, content: () => Promise<File>, says: RegExp]>([
  ['more empty files than frames', () => packed(numbered(10_001, 0), 0), /more than 10000 files/],
  ['an empty file as its clip', () => packed(numbered(1, 0)), /0\.png, of the clip in it, is empty/],
  [
    'a clip that grows a thousandfold',
    () => packed(numbered(1, 68e6), 1),
    /far more than it was packed from/,
  ],
  ['a clip of many files that grow', () => packed(numbered(40, 17e5), 1), /far more than it was packed from/],
  ['a file outside of it', () => packed({ '../../x': Uint8Array.of(1) }), /outside of it, as “..\/..\/x”/],
  [
    'a file at the root of a disk',
    () => packed({ '/etc/x': Uint8Array.of(1) }),
    /outside of it, as “\/etc\/x”/,
  ],
  ['a clip that is outside of it', () => packed({ 'clip/../../x': Uint8Array.of(1) }), /outside of it/],
])('%s is refused with the reason', async (_, content, says) => {
  await expect(readProject(await content())).rejects.toMatchObject({
    code: 'project/bad',
    message: expect.stringMatching(says),
  });
});

test.each([
  ['less', 10],
  ['more', 4_000_000],
])('a clip that says that it unpacks to %s than it does is refused', async (_, says) => {
  const zip = new Uint8Array(await (await packed({ 'clip/a.mp4': new Uint8Array(2 ** 20) })).arrayBuffer());
  const view = new DataView(zip.buffer);
  const name = new TextEncoder().encode('clip/a.mp4');
  for (let at = 0; at + name.length < zip.length; at++) {
    if (!name.every((byte, i) => zip[at + i] === byte)) continue;
    if (view.getUint32(Math.max(at - 46, 0), true) === 0x02014b50) view.setUint32(at - 46 + 24, says, true);
    else if (view.getUint32(at - 30, true) === 0x04034b50) view.setUint32(at - 30 + 22, says, true);
  }
  const file = new File([zip], 'x.unprompted');
  await expect(readProject(file)).rejects.toMatchObject({ code: 'project/bad' });
});

test('a clip of many files comes back in order, packed or not', async () => {
  for (const level of [0, 9] as const) {
    const { clip } = await readProject(await packed(numbered(60, 3), level));
    expect(clip.map(({ name, size }) => `${name} ${size}`)).toEqual(
      Array.from({ length: 60 }, (_, i) => `${i}.png 3`),
    );
  }
});

test('a project cut short is refused, wherever it was cut', async () => {
  const whole = await written();
  for (const share of [0.2, 0.5, 0.9]) {
    const cut = new File([whole.slice(0, Math.floor(whole.size * share))], 'x.unprompted');
    await expect(readProject(cut)).rejects.toMatchObject({ code: 'project/bad' });
  }
});
