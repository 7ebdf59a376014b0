import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { UnpromptedError } from '../../lib/errors.ts';
import { floatsOf, readSafetensors, toWeights, writeSafetensors } from './safetensors.ts';

/** A file of this header, as JSON text or as a value, and this many bytes of data. */
function file(header: unknown, dataBytes = 0, claimed?: number | bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimed ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (shape: unknown, from: unknown, to: unknown) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

const HOSTILE: [why: string, bytes: Uint8Array, code: string][] = [
  ['nothing', new Uint8Array(0), 'weights/cut'],
  ['seven bytes', new Uint8Array(7), 'weights/cut'],
  ['cut in the header', file({ a: f32([1], 0, 4) }, 4).subarray(0, 20), 'weights/cut'],
  ['cut in the data', file({ a: f32([2], 0, 8) }, 4), 'weights/cut'],
  ['a header longer than the file', file('{}', 0, 1000), 'weights/cut'],
  ['a header of 2^63 bytes', file('{}', 0, 2n ** 63n), 'weights/bad-header'],
  ['a header that is not JSON', file('{"a":'), 'weights/bad-header'],
  ['a header that is a list', file('[]'), 'weights/bad-header'],
  ['a header that is null', file('null'), 'weights/bad-header'],
  ['a header nested deep', file(`${'['.repeat(200_000)}`), 'weights/bad-header'],
  [
    'a header that is not UTF-8',
    file('"\u{fffd}"').map((b) => (b === 0xef ? 0xff : b)),
    'weights/bad-header',
  ],
  ['metadata that is no table of strings', file({ __metadata__: { a: 1 } }), 'weights/bad-header'],
  [
    'one name twice',
    file(`{"a":${JSON.stringify(f32([1], 0, 4))},"\\u0061":${JSON.stringify(f32([1], 4, 8))}}`, 8),
    'weights/bad-header',
  ],
  ['bytes that belong to nothing', file({ a: f32([1], 0, 4) }, 5), 'weights/bad-header'],
  ['an entry that is a number', file({ a: 3 }), 'weights/bad-tensor'],
  ['an unknown type', file({ a: { ...f32([1], 0, 4), dtype: 'F33' } }, 4), 'weights/bad-tensor'],
  [
    'a type out of the prototype',
    file({ a: { ...f32([1], 0, 4), dtype: 'toString' } }, 4),
    'weights/bad-tensor',
  ],
  ['a negative size', file({ a: f32([-1], 0, 4) }, 4), 'weights/bad-tensor'],
  ['a fractional size', file({ a: f32([0.5], 0, 2) }, 2), 'weights/bad-tensor'],
  ['an absurd shape', file({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), 'weights/bad-tensor'],
  ['a shape whose product wraps around', file({ a: f32([2 ** 32, 2 ** 32], 0, 0) }), 'weights/bad-tensor'],
  ['offsets that go backwards', file({ a: f32([1], 4, 0) }, 4), 'weights/bad-tensor'],
  ['offsets past the end', file({ a: f32([1], 100, 104) }, 4), 'weights/bad-tensor'],
  ['offsets that are no numbers', file({ a: f32([1], '0', '4') }, 4), 'weights/bad-tensor'],
  ['tensors that overlap', file({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), 'weights/bad-tensor'],
  ['a gap between tensors', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'weights/bad-tensor'],
];

describe('readSafetensors', () => {
  test.each(HOSTILE)('refuses %s', (_, bytes, code) => {
    expect(() => readSafetensors(bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('names the tensor that is wrong', () => {
    expect(() => readSafetensors(file({ 'blocks.3.x': f32([3], 0, 4) }, 4))).toThrow(
      /blocks\.3\.x.*\[3\].*12/,
    );
  });

  test('reads what the reference wrote', async () => {
    const { metadata, tensors } = readSafetensors(await golden('dino.weights.safetensors'));
    expect(metadata).toEqual({ heads: '3' });
    expect(tensors.get('patch_embed.proj.weight')).toMatchObject({ dtype: 'F32', shape: [48, 3, 8, 8] });
  });

  test('never fails otherwise than with its own errors, whatever the bytes', async () => {
    const whole = (await golden('correlator.weights.safetensors')).subarray(0, 1500);
    const spoilt = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
    const property = fc.property(spoilt, fc.nat(whole.length), (changes, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
      try {
        toWeights(readSafetensors(bytes).tensors);
      } catch (thrown) {
        if (!(thrown instanceof UnpromptedError) || !thrown.code.startsWith('weights/')) throw thrown;
      }
    });
    fc.assert(property, { numRuns: 2000, interruptAfterTimeLimit: 3000 });
  });
});

describe('floatsOf', () => {
  const cases = [
    [
      'F16',
      Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555),
      [1, -2, 2 ** -24, Infinity, 0.333251953125],
    ],
    ['BF16', Uint16Array.of(0x3f80, 0xc000, 0x7f80), [1, -2, Infinity]],
    ['F32', Float32Array.of(1.5, -3), [1.5, -3]],
    ['F64', Float64Array.of(1.5, 1e300), [1.5, Infinity]],
  ] as const;

  test.each(cases)('%s becomes float32, at any offset', (dtype, values, expected) => {
    const own = new Uint8Array(values.buffer);
    const shifted = new Uint8Array(own.length + 1);
    shifted.set(own, 1);
    expect([...floatsOf({ dtype, data: own })!]).toEqual(expected);
    expect([...floatsOf({ dtype, data: shifted.subarray(1) })!]).toEqual(expected);
  });

  test('aligned F32 is not copied', () => {
    const data = new Uint8Array(Float32Array.of(1, 2).buffer);
    expect(floatsOf({ dtype: 'F32', data })!.buffer).toBe(data.buffer);
  });

  test('integers are no weights', () => {
    expect(floatsOf({ dtype: 'I64', data: new Uint8Array(8) })).toBeNull();
  });
});

test('writeSafetensors is read back as it was', () => {
  const weights = new Map([
    ['norm1.weight', { shape: [3], data: Float32Array.of(1, 2, 3) }],
    ['attn.qkv.weight', { shape: [2, 2], data: Float32Array.of(4, 5, 6, 7) }],
    ['empty', { shape: [0, 5], data: new Float32Array(0) }],
  ]);
  const bytes = writeSafetensors(weights, { heads: '8', note: 'ü' });
  const { metadata, tensors } = readSafetensors(bytes);
  expect(metadata).toEqual({ heads: '8', note: 'ü' });
  expect(toWeights(tensors)).toEqual(weights);
  expect(tensors.get('norm1.weight')!.data.byteOffset % 8).toBe(0);
});
