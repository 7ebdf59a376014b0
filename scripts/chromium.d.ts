export function findChromium(): string | null;
export function ensureChromium(): string;
export function softwareVulkan(chromium: string): Record<string, string>;
export const CHROMIUM_FLAGS: string[];
export const GPU_FLAGS: string[];
