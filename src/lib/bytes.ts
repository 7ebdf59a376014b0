/** Bytes in words, one megabyte being 10⁶ of them: `0.4 MB`, `86.7 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
