import type { RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { keyOf, sameSettings } from '../../engine/settings/settings.ts';

/** Scales of the model's own size that are offered. */
const SCALES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const PATCHES = [8, 14, 16];

/**
 * Input sizes to offer around one that fits the model. The patch is not known here, so a size is offered only where it
 * is a multiple of every usual patch that the known size is a multiple of.
 */
export function sizesAround(height: number, width: number): { height: number; width: number }[] {
  const patches = PATCHES.filter((patch) => height % patch === 0 && width % patch === 0);
  return SCALES.map((scale) => ({ height: height * scale, width: width * scale })).filter(
    (size) =>
      Number.isInteger(size.height) &&
      Number.isInteger(size.width) &&
      (size.height === height || patches.length > 0) &&
      patches.every((patch) => size.height % patch === 0 && size.width % patch === 0),
  );
}

/** Strides to choose from by words; any other is a number under Research. */
const STRIDES = [1, 2, 3, 4, 5, 10, 15, 30];

/** Strides that are offered on a clip of so many frames: the usual ones, and the one that there is. */
export const stridesFor = (stride: number, frameCount: number): number[] =>
  [...new Set([...STRIDES.filter((usual) => usual < frameCount), stride])].sort((a, b) => a - b);

/** Whether one run's tokens do for the other: only what comes after them differs. */
export const sameTokens = (a: RunSettings, b: RunSettings): boolean =>
  keyOf(a, 'tokens') === keyOf(b, 'tokens');

const digest = (settings: RunSettings): string => keyOf(settings, 'nothing');

/** Whether one run's leaves do for the other: only τ differs. What lies below the leaves' own τ only the engine knows. */
export const sameLeaves = (a: RunSettings, b: RunSettings): boolean => sameSettings({ ...a, tau: b.tau }, b);

/** The results of the last runs of a clip, as many as fit into so many bytes: those of a long clip take many. */
export class RecentResults {
  readonly #results = new Map<string, RunResult>();

  constructor(readonly mostBytes: number) {}

  get({ settings }: { settings: RunSettings }): RunResult | undefined {
    const found = this.#results.get(digest(settings));
    if (found) this.put(found);
    return found;
  }

  /** The newest result whose leaves are those of such a run. */
  withLeavesOf({ settings }: { settings: RunSettings }): RunResult | undefined {
    return [...this.#results.values()].findLast(
      (result) => result.followed?.leaves && sameLeaves(result.settings, settings),
    );
  }

  /** Those that were longest neither put nor asked for make room; the newest stays whatever it takes. */
  put(result: RunResult): void {
    const key = digest(result.settings);
    this.#results.delete(key);
    this.#results.set(key, result);
    const counted = new Set<ArrayBufferLike>();
    let bytes = 0;
    for (const [other, kept] of [...this.#results].reverse()) {
      bytes += bytesIn(kept, counted);
      if (bytes > this.mostBytes && kept !== result) this.#results.delete(other);
    }
  }

  clear(): void {
    this.#results.clear();
  }
}

/** Bytes of the arrays in plain data; results share some, and each is counted once. */
function bytesIn(data: unknown, counted: Set<ArrayBufferLike>): number {
  if (typeof data !== 'object' || data === null) return 0;
  if (!ArrayBuffer.isView(data))
    return Object.values(data).reduce((sum: number, part) => sum + bytesIn(part, counted), 0);
  if (counted.has(data.buffer)) return 0;
  counted.add(data.buffer);
  return data.buffer.byteLength;
}

/** Steps of the τ slider: about 200 over its range, round numbers. */
export function tauStep([low, high]: readonly [number, number]): number {
  const raw = (high - low) / 200;
  const power = 10 ** Math.floor(Math.log10(raw));
  return Number((([1, 2, 5].find((digit) => digit * power >= raw * 0.999) ?? 10) * power).toPrecision(1));
}
