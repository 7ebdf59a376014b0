/** What a file is that has the name of weights and none inside. */
import { failure } from './errors.ts';
import type { LOOKS_LIKE } from './faults.ts';

/** The text that Git LFS, git-annex or Xet leave where a file was not brought along. */
const POINTER =
  /^\s*(?:version https:\/\/git-lfs\.github\.com|version https:\/\/hawser|# xet version|(?:\.\.\/)*(?:\.git\/annex|\/annex)\/objects\/)/;
const POINTER_SIZE = /^(?:size|filesize\s*=)\s*(\d+)/m;
const PAGE = /^\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|\?xml|error|script|title)\b/i;

/** First bytes of files that are taken for weights now and then, and what they are. */
const SIGNATURES: readonly (readonly [bytes: string, like: keyof typeof LOOKS_LIKE])[] = [
  ['\x89HDF\r\n', 'hdf5'],
  ['GGUF', 'gguf'],
  ['\x93NUMPY', 'numpy'],
  ['\x1f\x8b', 'gzip'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['Rar!', 'rar'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['\xfd7zXZ', 'xz'],
  ['BZh', 'bzip2'],
  ['%PDF', 'pdf'],
  ['\x89PNG', 'picture'],
  ['\xff\xd8\xff', 'picture'],
];

/** Bytes that are looked at. */
const HEAD = 1024;

/**
 * Demands that bytes may be a safetensors file, and says what they are where they cannot.
 * @throws `weights/unknown-format`
 */
export function demandWeights(bytes: Uint8Array): void {
  const text = textOf(bytes);
  if (text !== null && POINTER.test(text)) {
    const size = POINTER_SIZE.exec(text)?.[1];
    throw failure('weights/unknown-format', {
      is: 'pointer',
      bytes: size === undefined ? null : Number(size),
    });
  }
  if (text !== null && PAGE.test(text))
    throw failure('weights/unknown-format', { is: 'page', says: titleOf(text) });
  // The ninth byte of a safetensors file opens its JSON; its length before that is no text.
  if (text === null && bytes[8] === 0x7b) return;
  // What is empty or all but empty is cut short, which its reader says.
  if (text === '' || (text === null && bytes.byteLength < 9)) return;
  if (text !== null && bytes.byteLength < HEAD)
    throw failure('weights/unknown-format', { is: 'page', says: text });
  throw failure('weights/unknown-format', { is: 'other', like: likeOf(bytes, text) });
}

/** The beginning of a file as text; null where it is none. */
function textOf(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, HEAD);
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = new TextDecoder(wide ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(head);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no text has.
  const odd = text.slice(0, -1).match(/[\x00-\x08\x0e-\x1f\ufffd]/g)?.length ?? 0;
  return odd > 0 ? null : text;
}

function titleOf(page: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? '';
  return (
    title.trim() || page.replace(/<(style|script)[\s\S]*?(<\/\1>|$)/gi, ' ').replace(/<[^>]*>?/g, ' ')
  ).trim();
}

function likeOf(bytes: Uint8Array, text: string | null): keyof typeof LOOKS_LIKE | null {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known) return known[1];
  if (bytes.subarray(0, HEAD).every((byte) => byte === 0)) return 'zeros';
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return 'pickle';
  if (String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar') return 'tar';
  return text === null ? null : 'text';
}
