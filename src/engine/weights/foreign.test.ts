import { expect, test } from 'vitest';
import { readWeightFile } from './read.ts';

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 22883520\n';

test.each<[what: string, text: string, code: string, says: string]>([
  ['a Git LFS pointer', POINTER, 'unknown-format', '22.9 MB'],
  ['a Git LFS pointer with a mark in front', `\ufeff${POINTER}`, 'unknown-format', '22.9 MB'],
  ['a Git LFS pointer with CRLF', POINTER.replaceAll('\n', '\r\n'), 'unknown-format', '22.9 MB'],
  ['a Git LFS pointer that is cut', POINTER.slice(0, 50), 'unknown-format', 'not downloaded'],
  ['a pointer of git-annex', '/annex/objects/SHA256E-s22--ab.pth\n', 'unknown-format', 'not downloaded'],
  [
    'a web page',
    '<!doctype html><html><body>Access is restricted.</body></html>',
    'unknown-format',
    'Access is restricted.',
  ],
  ['a web page after blanks', '\n\n  <HTML><head><title>Sign in</title>', 'unknown-format', 'Sign in'],
  ['a long web page', `<!DOCTYPE html><title>404</title>${'<p>'.repeat(4000)}`, 'unknown-format', '404'],
  [
    'an error of a storage service',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    'unknown-format',
    'AccessDenied',
  ],
  ['a server’s message', 'Invalid username or password.', 'unknown-format', 'Invalid username'],
  ['a message as JSON', '{"error":"Access to model x is restricted"}', 'unknown-format', 'restricted'],
  ['a message whose ninth byte is a brace', '{"data":{"error":"gone"}}', 'unknown-format', 'gone'],
  ['a long text', 'words and words '.repeat(200), 'unknown-format', 'a text file'],
  ['zeros', '\0'.repeat(4096), 'unknown-format', 'zeros'],
  ['Keras’s weights', '\x89HDF\r\n\x1a\n\0\0\0', 'unknown-format', 'HDF5'],
  ['llama.cpp’s weights', 'GGUF\x03\0\0\0\0\0', 'unknown-format', 'GGUF'],
  ['a gzip archive', '\x1f\x8b\x08\0\0\0\0\0\0\0', 'unknown-format', 'unpack'],
  ['a plain pickle', '\x80\x04\x95\0\0\0\0\0\0\0.', 'unknown-format', 'pickle'],
  ['nothing', '', 'cut', 'cut short'],
])('%s is recognised for what it is', (_, text, code, says) => {
  const bytes = /[\x7f-\xff]/.test(text)
    ? Uint8Array.from(text, (c) => c.charCodeAt(0))
    : new TextEncoder().encode(text);
  expect(() => readWeightFile(bytes)).toThrow(
    expect.objectContaining({ code: `weights/${code}`, message: expect.stringContaining(says) }),
  );
});
