import { failure } from '../../lib/errors.ts';
import type { Weights } from '../model/types.ts';
import { readCheckpoint } from './pth.ts';
import { readSafetensors, toWeights } from './safetensors.ts';

export interface WeightFile {
  metadata: Readonly<Record<string, string>>;
  /** By the names that the file gives them. */
  tensors: Weights;
}

/** A file is read whole, and browsers make no larger buffer of one. The largest DINOv2 but one has 1.2 GB. */
export const MOST_BYTES = 2 ** 31 - 1;

/** Throws `weights/too-large`. */
export function demandReadable(name: string, bytes: number, most = MOST_BYTES): void {
  if (bytes > most) throw failure('weights/too-large', { name, bytes, most });
}

const startsWith = (bytes: Uint8Array, signature: readonly number[]) =>
  signature.every((byte, i) => bytes[i] === byte);

/** A zip's local file header, as every checkpoint of PyTorch 1.6 and later begins. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** Protocol 2, then the long integer that PyTorch before 1.6 wrote first. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/**
 * Reads a weight file by what its first bytes say it is: safetensors or a PyTorch checkpoint.
 * @throws `weights/legacy-checkpoint`, `weights/unknown-format`, and the codes of the two readers
 */
export function readWeightFile(bytes: Uint8Array): WeightFile {
  if (startsWith(bytes, ZIP)) return { metadata: {}, tensors: readCheckpoint(bytes) };
  if (startsWith(bytes, LEGACY)) throw failure('weights/legacy-checkpoint');
  // The ninth byte of a safetensors file opens its JSON.
  if (bytes.byteLength >= 9 && bytes[8] !== 0x7b) throw failure('weights/unknown-format');
  const { metadata, tensors } = readSafetensors(bytes);
  return { metadata, tensors: toWeights(tensors) };
}
