import { weightHosts } from '../src/engine/weights/hosts.ts';
import { ISOLATION } from '../workers/offline-files.ts';

/** Hosts that this build may ask for weights: the hub, and what UNPROMPTED_WEIGHT_HOSTS names beside it. */
export const hosts = weightHosts(process.env.UNPROMPTED_WEIGHT_HOSTS);

const directives = {
  'default-src': ["'self'"],
  // ONNX Runtime compiles its WebAssembly; no other code is made at run time.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'", 'blob:'],
  // The hash is the one rule (touch-action) that React Aria's usePress puts into the head.
  'style-src': ["'self'", "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'media-src': ["'self'", 'blob:', 'data:'],
  // Weights that the user agrees to fetch.
  // Nothing else is ever asked of them, and nothing is sent to them.
  'connect-src': ["'self'", 'blob:', 'data:', ...hosts.map((host) => `https://${host}`)],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/** The Content Security Policy, as a built page's meta tag has it. */
export const contentSecurityPolicy = Object.entries(directives)
  .map(([name, sources]) => `${name} ${sources.join(' ')}`)
  .join('; ');

/** What a server of the built app sends; frame-ancestors works in a header alone. */
export const servedHeaders = {
  ...ISOLATION,
  'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};
