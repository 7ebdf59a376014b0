/** Cross-origin isolation: without it there is no SharedArrayBuffer, and wasm runs on one thread. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** What the service worker keeps: paths relative to the page. */
export interface OfflineFiles {
  /** Changes whenever any file does. */
  version: string;
  /** Kept as soon as the page was visited once. */
  first: string[];
  /** Kept when first used. */
  later: string[];
}
