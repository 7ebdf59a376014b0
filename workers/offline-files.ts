/** What the service worker keeps: paths relative to the page. */
export interface OfflineFiles {
  /** Changes whenever any file does. */
  version: string;
  /** Kept as soon as the page was visited once. */
  first: string[];
  /** Kept when first used. */
  later: string[];
}
