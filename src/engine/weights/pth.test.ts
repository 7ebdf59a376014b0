import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { UnpromptedError } from '../../lib/errors.ts';
import { readCheckpoint } from './pth.ts';
import { readWeightFile } from './read.ts';
import { readSafetensors, toWeights } from './safetensors.ts';

type Part = number | string | Part[];

/** Bytes of a pickle: numbers as they are, texts by their characters. */
const bytesOf = (...parts: Part[]): number[] =>
  parts.flatMap((part) => {
    if (typeof part === 'number') return [part];
    return typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : bytesOf(...part);
  });

const PROTO = [0x80, 2];
const text = (value: string): Part[] => ['X', value.length, 0, 0, 0, value];
const int = (value: number): Part[] => [
  'J',
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];
const tuple = (...items: Part[]): Part[] => ['(', ...items, 't'];
const global = (module: string, name: string): Part[] => ['c', module, '\n', name, '\n'];
const call = (callee: Part[], ...args: Part[]): Part[] => [...callee, ...tuple(...args), 'R'];
const dict = (...pairs: Part[]): Part[] => ['}', '(', ...pairs, 'u'];

const storage = (key: string, elements: number, type = 'FloatStorage'): Part[] => [
  ...tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(elements)),
  'Q',
];

const ordered = call(global('collections', 'OrderedDict'));

const tensor = (from: Part[], offset: number, shape: number[], stride: number[]): Part[] =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    from,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...stride.map(int)),
    [0x89],
    ordered,
  );

function checkpoint(pickle: Part[], storages: Record<string, Uint8Array> = {}, level: 0 | 9 = 0): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => [`a/data/${key}`, bytes] as const);
  const files = { 'a/data.pkl': Uint8Array.from(bytesOf(PROTO, pickle, '.')), ...Object.fromEntries(data) };
  return zipSync(files, { level });
}

const letters = (text: string) => new TextEncoder().encode(text);
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const six = { '0': floats(1, 2, 3, 4, 5, 6) };

describe('readCheckpoint', () => {
  test('reads the authors’ layout as PyTorch does', async () => {
    const tensors = readCheckpoint(await golden('authors-checkpoint.pth'));
    const expected = toWeights(
      readSafetensors(await golden('authors-checkpoint.expected.safetensors')).tensors,
    );
    expect(tensors.get('loss')?.shape).toEqual([]);
    expect(tensors.size).toBe(expected.size + 1);
    for (const [name, { shape, data }] of expected) {
      const tensor = tensors.get(`model_state_dict.${name}`);
      expect(tensor?.shape, name).toEqual(shape);
      expect(Buffer.from(tensor!.data.slice().buffer).equals(Buffer.from(data.slice().buffer)), name).toBe(
        true,
      );
    }
  });

  test('reads views by their offsets and strides', () => {
    const pickle = dict(
      [...text('transposed'), ...tensor(storage('0', 6), 0, [3, 2], [1, 3])],
      [...text('part'), ...tensor(storage('0', 6), 4, [2], [1])],
      [...text('scalar'), ...tensor(storage('0', 6), 5, [], [])],
    );
    const tensors = readCheckpoint(checkpoint(pickle, six));
    expect(tensors.get('transposed')).toEqual({ shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
    expect(tensors.get('part')).toEqual({ shape: [2], data: Float32Array.of(5, 6) });
    expect(tensors.get('scalar')).toEqual({ shape: [], data: Float32Array.of(6) });
  });

  test('reads parameters, half floats and nested state dicts; leaves integers and numbers out', () => {
    const half = { '0': new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer), '1': new Uint8Array(8) };
    const parameter = call(
      global('torch._utils', '_rebuild_parameter'),
      tensor(storage('0', 2, 'HalfStorage'), 0, [2], [1]),
      [0x88],
      ordered,
    );
    const pickle = dict(
      [...text('epoch'), ...int(3)],
      [...text('teacher'), ...dict([...text('cls_token'), ...parameter])],
      [...text('steps'), ...tensor(storage('1', 1, 'LongStorage'), 0, [1], [1])],
    );
    const tensors = readCheckpoint(checkpoint(pickle, half));
    expect(tensors).toEqual(new Map([['teacher.cls_token', { shape: [2], data: Float32Array.of(1, -2) }]]));
  });

  test('a dictionary that holds itself ends', () => {
    const pickle: Part[] = ['}', 'q', 0, ...text('self'), 'h', 0, 's'];
    expect(readCheckpoint(checkpoint(pickle)).size).toBe(0);
  });
});

const pair = (value: Part[]): Part[] => dict([...text('w'), ...value]);

const HOSTILE: [why: string, bytes: () => Uint8Array, code: string, says: string][] = [
  [
    'a call of os.system',
    () => checkpoint(call(global('os', 'system'), text('id'))),
    'weights/refused-global',
    'os.system',
  ],
  [
    'eval, by STACK_GLOBAL',
    () => checkpoint([...text('builtins'), ...text('eval'), 0x93]),
    'weights/refused-global',
    'builtins.eval',
  ],
  [
    'a training script’s arguments',
    () => checkpoint(global('argparse', 'Namespace')),
    'weights/refused-global',
    'argparse.Namespace',
  ],
  [
    'an opcode that builds objects',
    () => checkpoint([...ordered, ')', 0x81]),
    'weights/bad-checkpoint',
    '0x81',
  ],
  [
    'a call of what is no function',
    () => checkpoint([...int(1), ')', 'R']),
    'weights/bad-checkpoint',
    'called',
  ],
  ['an empty stack', () => checkpoint(['0']), 'weights/bad-checkpoint', 'empty stack'],
  ['a mark that is missing', () => checkpoint(['t']), 'weights/bad-checkpoint', 'mark'],
  ['a memo that was never filled', () => checkpoint(['h', 9]), 'weights/bad-checkpoint', 'recalls'],
  ['a text that is cut', () => checkpoint(['X', 255, 255, 255, 127]), 'weights/bad-checkpoint', 'cut short'],
  [
    'a storage that is missing',
    () => checkpoint(pair(tensor(storage('7', 6), 0, [6], [1])), six),
    'weights/bad-checkpoint',
    '“7” is missing',
  ],
  [
    'a storage of another length',
    () => checkpoint(pair(tensor(storage('0', 7), 0, [6], [1])), six),
    'weights/bad-checkpoint',
    '24 bytes instead of 28',
  ],
  [
    'a shape past its storage',
    () => checkpoint(pair(tensor(storage('0', 6), 1, [6], [1])), six),
    'weights/bad-checkpoint',
    'reaches past',
  ],
  [
    'a shape that repeats one element',
    () => checkpoint(pair(tensor(storage('0', 6), 0, [65536, 65536], [0, 0])), six),
    'weights/bad-checkpoint',
    'reaches past',
  ],
  [
    'a negative stride',
    () => checkpoint(pair(tensor(storage('0', 6), 5, [6], [-1])), six),
    'weights/bad-checkpoint',
    'list of sizes',
  ],
  [
    'a storage unfolded many times over',
    () => {
      const big = { '0': new Uint8Array(4096) };
      const views = Array.from({ length: 80 }, (_, i) => [
        ...text(`w${i}`),
        ...tensor(storage('0', 1024), 0, [32, 32], [1, 32]),
      ]);
      return checkpoint(dict(...views), big);
    },
    'weights/bad-checkpoint',
    'over and over',
  ],
  [
    'a zip bomb',
    () => checkpoint(pair(int(1)), { '0': new Uint8Array(1e6) }, 9),
    'weights/bad-checkpoint',
    'compressed',
  ],
  [
    'a bomb of dictionaries',
    () => zipSync({ 'a/data.pkl': new Uint8Array(4_000_001).fill(0x7d) }, { level: 0 }),
    'weights/bad-checkpoint',
    'bytes long',
  ],
  [
    'an absurd shape',
    () => checkpoint(pair(tensor(storage('0', 6), 0, [2 ** 30, 2 ** 30], [2 ** 30, 1])), six),
    'weights/bad-checkpoint',
    'reaches past',
  ],
  [
    'a length past what a number holds',
    () => checkpoint(pair([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
    'weights/bad-checkpoint',
    'too large',
  ],
  [
    'numbers of a big-endian machine',
    () => zipSync({ 'a/data.pkl': letters('N.'), 'a/byteorder': letters('big') }, { level: 0 }),
    'weights/bad-checkpoint',
    'big-endian',
  ],
  [
    'an entry that lies over another',
    () => {
      const zip = zipSync({ a: floats(1, 2, 3), b: floats(4, 5, 6) }, { level: 0 });
      const view = new DataView(zip.buffer);
      // The second entry of the list at the end is pointed at the first one's place.
      const list = view.getUint32(zip.length - 22 + 16, true);
      view.setUint32(list + 46 + 1 + 42, 0, true);
      return zip;
    },
    'weights/bad-checkpoint',
    'overlaps',
  ],
  [
    'an entry past the end',
    () => {
      const zip = zipSync({ a: floats(1, 2, 3) }, { level: 0 });
      const view = new DataView(zip.buffer);
      const list = view.getUint32(zip.length - 22 + 16, true);
      for (const size of [20, 24]) view.setUint32(list + size, 0x7fffffff, true);
      return zip;
    },
    'weights/bad-checkpoint',
    'past the end',
  ],
  [
    'a zip64 archive',
    () => {
      const zip = zipSync({ a: floats(1) }, { level: 0 });
      new DataView(zip.buffer).setUint32(zip.length - 22 + 16, 0xffffffff, true);
      return zip;
    },
    'weights/bad-checkpoint',
    'zip64',
  ],
  [
    'a zip without a pickle',
    () => zipSync({ 'a/other': floats(1) }, { level: 0 }),
    'weights/bad-checkpoint',
    'data.pkl',
  ],
  [
    'a zip without its end',
    () => checkpoint(pair(int(1))).subarray(0, 60),
    'weights/bad-checkpoint',
    'end of its zip',
  ],
  [
    'the format before 1.6',
    () =>
      Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]),
    'weights/legacy-checkpoint',
    '1.6',
  ],
  [
    'a picture',
    () => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]),
    'weights/unknown-format',
    'neither',
  ],
];

describe('readWeightFile', () => {
  test.each(HOSTILE)('refuses %s', (_, bytes, code, says) => {
    const message = expect.stringContaining(says);
    expect(() => readWeightFile(bytes())).toThrow(expect.objectContaining({ code, message }));
  });

  test('never fails otherwise than with its own errors, whatever the bytes', async () => {
    const whole = checkpoint(
      dict([...text('w'), ...tensor(storage('0', 6), 0, [3, 2], [1, 3])], [...text('n'), ...int(5)]),
      six,
    );
    const spoilt = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const property = fc.property(spoilt, (changes) => {
      const bytes = whole.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      try {
        readWeightFile(bytes);
      } catch (thrown) {
        if (!(thrown instanceof UnpromptedError) || !thrown.code.startsWith('weights/')) throw thrown;
      }
    });
    fc.assert(property, { numRuns: 3000, interruptAfterTimeLimit: 3000 });
  });
});
