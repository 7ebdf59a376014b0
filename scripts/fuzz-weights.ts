/**
 * Damages small files of weights, masks, annotations and projects, seeded, and has the readers answer each in a process of
 * their own: within five seconds, by a value or by an error with a code. `scripts/fuzz.ts` does the same for videos.
 *
 *     node --import tsx scripts/fuzz-weights.ts [--seed N] [--files N]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { readProject, writeProject } from '../src/app/project/file.ts';
import { USUAL_EFFECTS } from '../src/engine/mask/effects.ts';
import { encodeMask } from '../src/engine/mask/mask-png.ts';
import { fromFile } from '../src/engine/model/load.ts';
import { writeSafetensors } from '../src/engine/weights/safetensors.ts';
import { openDataset, readTruth } from '../src/evaluate/datasets.ts';
import { openMasks } from '../src/evaluate/masks.ts';
import { asFailure } from '../src/lib/failure.ts';
import { encodePng } from '../src/lib/png.ts';
import { readCheckpoint } from '../src/train/checkpoint.ts';
import { runSettings } from '../test/run-settings.ts';

/** Milliseconds that a reader may take. */
const PATIENCE = 5000;
/** Milliseconds that the process may take to start. */
const STARTING = 60_000;
/** Files of this beginning are mended where a checksum would end all readers at once. */
const PNG = [0x89, 0x50, 0x4e, 0x47];

type Kind = 'safetensors' | 'checkpoint' | 'training' | 'mask' | 'annotations' | 'project';
type Bytes = Uint8Array<ArrayBuffer>;

/** What reads each kind of file as the app does. */
const READERS: Record<Kind, (bytes: Bytes) => Promise<unknown>> = {
  safetensors: (bytes) => added(bytes, 'x.safetensors'),
  checkpoint: (bytes) => added(bytes, 'x.pth'),
  training: async (bytes) => readCheckpoint(bytes),
  async mask(bytes) {
    const truth = { files: ['0.png'] };
    const masks = await openMasks([truth], { paths: [], read: async () => bytes }, { truth: true });
    return masks.read(truth);
  },
  async annotations(bytes) {
    const source = { paths: ['instances.json'], read: async () => bytes };
    for (const { frames } of (await openDataset(source)).sequences)
      for (const { truth } of frames) if (truth) await readTruth(truth, source);
  },
  project: (bytes) => readProject(new File([bytes], 'x.unprompted')),
};

const added = (bytes: Bytes, name: string) =>
  fromFile(new File([bytes], name), {
    heads: 3,
    load: () => Promise.reject(new DOMException('', 'AbortError')),
  });

/** How readers answered. */
export interface FuzzReport {
  files: number;
  values: number;
  /** By code. */
  errors: Record<string, number>;
  /** Those without a code, that took too long, or that ended the thread: each with what makes it again. */
  faults: { kind: Kind; seed: number; what: string }[];
  /** Milliseconds of the slowest. */
  slowest: number;
}

/** Numbers in [0, 1), the same for the same seed. */
function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A file with a few of its bytes changed, cut out, doubled or moved; most often near its beginning or end. */
function damaged(whole: Bytes, seed: number): Bytes {
  const random = randoms(seed);
  const below = (count: number) => Math.floor(random() * count);
  let bytes = whole;
  const place = () => {
    const side = random();
    const near = below(Math.min(bytes.length, 2048));
    if (side < 0.4) return near;
    return side < 0.7 ? bytes.length - 1 - near : below(bytes.length);
  };
  const spliced = (at: number, remove: number, insert: Uint8Array) =>
    Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);
  // Most ends that are cut off say nothing new.
  const cut = random() < 0.1;
  for (let left = 1 + below(6); left > 0 && bytes.length > 16; left--) {
    const at = Math.max(0, place());
    const length = Math.min(1 + below(64), bytes.length - at);
    switch (cut ? 6 : below(6)) {
      case 0:
        bytes = bytes.slice();
        bytes[at] = below(256);
        break;
      case 1:
        bytes = bytes.slice();
        bytes.fill(EXTREMES[below(EXTREMES.length)]!, at, at + Math.min(length, 8));
        break;
      case 2:
        bytes = bytes.slice();
        bytes[at]! ^= 1 << below(8);
        break;
      case 3:
        bytes = spliced(at, length, new Uint8Array());
        break;
      case 4:
        bytes = spliced(at, 0, bytes.subarray(at, at + length));
        break;
      case 5:
        bytes = bytes.slice();
        bytes.copyWithin(place(), at, at + length);
        break;
      default:
        bytes = bytes.slice(0, Math.max(16, at));
    }
  }
  return PNG.every((byte, i) => bytes[i] === byte) ? mended(bytes) : bytes;
}

/** A PNG whose parts have the checksums that they should: the damage is left to those who look at what is inside. */
function mended(png: Bytes): Bytes {
  const bytes = png.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const golden = async (name: string): Promise<Bytes> =>
  Uint8Array.from(await readFile(new URL(`../test/fixtures/goldens/${name}`, import.meta.url)));

/** Whole files of every kind, small. */
async function wholeFiles(): Promise<{ kind: Kind; bytes: Bytes }[]> {
  const side = 24;
  const labels = Uint16Array.from({ length: side * side }, (_, i) => Math.floor(i / 100));
  const map = { width: side, height: side };
  const samples = Uint8Array.from({ length: 3 * side * side }, (_, i) => 80 * (Math.floor(i / 300) % 4));
  const text = (content: string): Bytes => new TextEncoder().encode(content);
  const bmp = new Uint8Array(54 + 3 * 16);
  const head = new DataView(bmp.buffer);
  bmp.set(text('BM'));
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, 4],
    [22, 4],
  ] as const)
    head.setUint32(at, value, true);
  head.setUint16(26, 1, true);
  head.setUint16(28, 24, true);
  const annotations = {
    videos: [{ id: 1, width: 4, height: 3, file_names: ['a/0.jpg', 'a/1.jpg'] }],
    annotations: [
      {
        video_id: 1,
        segmentations: [
          { size: [3, 4], counts: [2, 4, 6] },
          { size: [3, 4], counts: '02N' },
        ],
      },
    ],
  };
  const training = {
    model: 'm',
    architecture: { dim: 8, heads: 2, hidden: 16, epsilon: 1e-5, temporalPositions: 0 },
    steps: 1,
  };
  const one = { shape: [2], data: Float32Array.of(1, 2) };
  const project = new Uint8Array(
    await (await writeProject(emptyProject, [new File(['clip'], 'a.mp4')])).arrayBuffer(),
  );
  return [
    { kind: 'safetensors', bytes: await golden('dino.weights.safetensors') },
    {
      kind: 'safetensors',
      bytes: writeSafetensors(new Map([['patch_embed.proj.weight', one]]), { pos_grid: '2,3', heads: '3' }),
    },
    { kind: 'checkpoint', bytes: await golden('authors-checkpoint.pth') },
    {
      kind: 'training',
      bytes: writeSafetensors(new Map([['norm1.weight', one]]), { training: JSON.stringify(training) }),
    },
    { kind: 'mask', bytes: await encodeMask({ ...map, labels }) },
    { kind: 'mask', bytes: await encodeMask({ ...map, labels: labels.map((label) => label * 100) }) },
    { kind: 'mask', bytes: await encodePng({ ...map, colour: 'rgb', samples }) },
    { kind: 'mask', bytes: Uint8Array.from([...text('P5 8 8 255\n'), ...samples.subarray(0, 64)]) },
    { kind: 'mask', bytes: Uint8Array.from([...text('P6 4 4 255\n'), ...samples.subarray(0, 48)]) },
    { kind: 'mask', bytes: bmp },
    { kind: 'annotations', bytes: text(JSON.stringify(annotations)) },
    { kind: 'project', bytes: project },
  ];
}

/** A project in which nothing was done yet. */
const emptyProject: Parameters<typeof writeProject>[0] = {
  version: 1,
  clip: { name: 'a.mp4', width: 64, height: 48, frameCount: 4, bytes: 4 },
  frame: 0,
  result: null,
  settings: [runSettings({ model: 'ba-tiny', height: 32, width: 32, tau: 0.2, ratio: 0.5 })],
  objects: [],
  strokes: [],
  effects: [USUAL_EFFECTS],
  now: { settings: 0, objects: [], strokes: [], effects: 0 },
  past: [],
  future: [],
};

interface Task {
  kind: Kind;
  bytes: Bytes;
}
/** The code of the error; null: a value. */
type Answer = { code: string | null; message: string; milliseconds: number };

/** What tells this file that it is to read, not to lead. */
const READ = '--read';

/** A process that reads; a new one takes its place where it hangs or ends. */
function openReader() {
  let child: ChildProcess | null = null;
  const message = (from: ChildProcess, patience: number): Promise<Answer> =>
    new Promise((resolve) => {
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        from.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(
        () =>
          settle({ code: 'internal/hang', message: `no answer in ${patience} ms`, milliseconds: patience }),
        patience,
      );
      from.once('message', settle);
      from.once('exit', (status) =>
        settle({ code: 'internal/ended', message: `it ended with ${status}`, milliseconds: 0 }),
      );
    });
  const close = () => {
    child?.kill('SIGKILL');
    child = null;
  };
  return {
    async read(task: Task): Promise<Answer> {
      if (!child) {
        child = fork(fileURLToPath(import.meta.url), [READ], { serialization: 'advanced' });
        await message(child, STARTING);
      }
      child.send(task);
      const answer = await message(child, PATIENCE);
      if (answer.code === 'internal/hang' || answer.code === 'internal/ended') close();
      return answer;
    },
    close,
  };
}

/** Reads `files` damaged files, the whole ones in turn; the same ones for the same seed. */
export async function fuzzWeights(seed: number, files: number): Promise<FuzzReport> {
  const whole = await wholeFiles();
  const report: FuzzReport = { files, values: 0, errors: {}, faults: [], slowest: 0 };
  const reader = openReader();
  try {
    for (let i = 0; i < files; i++) {
      const { kind, bytes } = whole[i % whole.length]!;
      const own = seed + i;
      const { code, message, milliseconds } = await reader.read({ kind, bytes: damaged(bytes, own) });
      report.slowest = Math.max(report.slowest, milliseconds);
      if (code === null) report.values++;
      else if (code.startsWith('internal/'))
        report.faults.push({ kind, seed: own, what: `${code}: ${message}` });
      else report.errors[code] = (report.errors[code] ?? 0) + 1;
    }
  } finally {
    reader.close();
  }
  return report;
}

if (process.argv.includes(READ)) {
  const answer = (said: Answer) => process.send?.(said);
  process.on('message', ({ kind, bytes }: Task) => {
    const started = performance.now();
    const took = () => performance.now() - started;
    READERS[kind](bytes).then(
      () => answer({ code: null, message: '', milliseconds: took() }),
      (thrown: unknown) => {
        const { code, message } = asFailure(thrown);
        answer({ code, message, milliseconds: took() });
      },
    );
  });
  answer({ code: null, message: 'ready', milliseconds: 0 });
} else if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, files: { type: 'string' } } });
  const report = await fuzzWeights(Number(values.seed ?? 1), Number(values.files ?? 1200));
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.faults.length > 0 ? 1 : 0;
}
