import type { LabelMap, Masks } from '../../engine/session/api.ts';
import type { RunResult } from '../../engine/settings/run.ts';

/** Label maps kept, in bytes. */
const BUDGET = 96e6;

/** Label maps of the frames last fetched, of some masks of one run at one size; the oldest go first. Tells when one has come. */
export class LabelCache {
  readonly #maps = new Map<number, LabelMap>();
  readonly #capacity: number;
  readonly #listeners = new Set<() => void>();
  #fetched = 0;

  constructor(
    readonly width: number,
    readonly height: number,
    /** The run that the clusters are of. */
    readonly of: RunResult | null,
    readonly masks: Masks,
  ) {
    this.#capacity = Math.max(4, Math.floor(BUDGET / (2 * width * height)));
  }

  get(frame: number): LabelMap | undefined {
    return this.#maps.get(frame);
  }

  set(frame: number, map: LabelMap): void {
    this.#maps.set(frame, map);
    const oldest = this.#maps.keys().next();
    if (this.#maps.size > this.#capacity && !oldest.done) this.#maps.delete(oldest.value);
    this.#fetched += 1;
    for (const listener of this.#listeners) listener();
  }

  /** First frame of `frames` that is not kept, if any. */
  missing(frames: readonly number[]): number | undefined {
    return frames.find((frame) => !this.#maps.has(frame));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Maps fetched so far: changes whenever one has come. */
  readonly fetched = (): number => this.#fetched;
}
