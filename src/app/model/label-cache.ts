import { isFollowed } from '../../engine/follow/records.ts';
import { type PackedMap, pack, unpack } from '../../engine/mask/packed.ts';
import type { LabelMap, Masks } from '../../engine/mask/types.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { sameData } from '../../lib/same.ts';
import type { VideoObject } from './objects.ts';

/** Bytes of packed label maps kept. */
const BUDGET = 96e6;
/** Maps kept unpacked: those that are painted again and again. */
const OPEN = 4;

/**
 * Whether a clip frame's masks are the same in a later result of a followed run: its tokens have the same clusters, and no
 * instances were separated meanwhile. Frames of newcomers are pending in the later result.
 */
function unchangedBetween(before: RunResult | null, now: RunResult | null): (frame: number) => boolean {
  const [earlier, later] = [before?.followed, now?.followed];
  if (!before || !now || !earlier || !later || earlier.quick || later.quick) return () => false;
  const again = later.sources.some((source) => !isFollowed(source));
  const divided = now.clusters.length !== before.clusters.length && !again;
  if (divided || earlier.mark !== later.mark || !sameSettings(before.settings, now.settings))
    return () => false;
  const { rows, columns } = now.grid;
  const labelsOf = ({ clustering }: RunResult, place: number) =>
    clustering.labels.subarray(place * rows * columns, (place + 1) * rows * columns);
  return (frame) => {
    const place = frame - now.frames[0]!;
    const source = later.sources[place];
    return (
      source !== undefined && isFollowed(source) && sameData(labelsOf(before, place), labelsOf(now, place))
    );
  };
}

/** Maps of frames from before an edit or a later result, each with the objects that its labels are found in. */
export class EarlierMaps {
  readonly #maps = new Map<number, { packed: PackedMap; objects: readonly VideoObject[] }>();

  /** `before`: what there was earlier still, where `maps` has none of a frame. */
  constructor(
    maps: Iterable<[number, PackedMap]>,
    objects: readonly VideoObject[],
    before?: EarlierMaps | null,
  ) {
    for (const [frame, one] of before ? before.#maps : []) this.#maps.set(frame, one);
    for (const [frame, packed] of maps) this.#maps.set(frame, { packed, objects });
  }

  get(frame: number): { map: LabelMap; objects: readonly VideoObject[] } | null {
    const found = this.#maps.get(frame);
    return found ? { map: unpack(found.packed), objects: found.objects } : null;
  }
}

/**
 * Label maps of the frames last fetched, of some masks of one run at one size, packed; beyond a budget the oldest go first.
 * Calls back when one has come.
 */
export class LabelCache {
  readonly #maps = new Map<number, PackedMap>();
  readonly #open = new Map<number, LabelMap>();
  readonly #previews = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #fetched = 0;

  constructor(
    readonly width: number,
    readonly height: number,
    /** The run that the clusters are of. */
    readonly of: RunResult | null,
    readonly masks: Masks,
  ) {}

  get(frame: number): LabelMap | undefined {
    const open = this.#open.get(frame);
    if (open) return open;
    const packed = this.#maps.get(frame);
    if (!packed) return undefined;
    const map = unpack(packed);
    this.#keepOpen(frame, map);
    return map;
  }

  /** @param preview whether the map is that of a quick look, and the frame's own is still to come */
  set(frame: number, map: LabelMap, preview = false): void {
    this.#drop(frame);
    if (preview) this.#previews.add(frame);
    const packed = pack(map);
    this.#maps.set(frame, packed);
    this.#bytes += packed.runs.byteLength;
    this.#keepOpen(frame, map);
    for (const oldest of this.#maps.keys()) {
      if (this.#bytes <= BUDGET || oldest === frame) break;
      this.#drop(oldest);
    }
    this.#fetched += 1;
    for (const listener of this.#listeners) listener();
  }

  has(frame: number): boolean {
    return this.#maps.has(frame);
  }

  /** The maps of the same masks in a later result, as far as frames are unchanged. */
  after(now: RunResult | null): LabelCache {
    const next = new LabelCache(this.width, this.height, now, this.masks);
    const unchanged = unchangedBetween(this.of, now);
    for (const [frame, packed] of this.#maps) {
      if (this.#previews.has(frame) || !unchanged(frame)) continue;
      next.#maps.set(frame, packed);
      next.#bytes += packed.runs.byteLength;
    }
    return next;
  }

  /** What it has, for when another takes its place. */
  earlier(objects: readonly VideoObject[], before?: EarlierMaps | null): EarlierMaps {
    return new EarlierMaps(this.#maps, objects, before);
  }

  /** Whether another map would push an older one out. */
  get full(): boolean {
    return this.#bytes > 0.95 * BUDGET;
  }

  /**
   * First frame of `frames` whose map is to be fetched, if any: there is none, or that of a quick look though the frame's own
   * can be had.
   */
  missing(frames: Iterable<number>, isPreview: (frame: number) => boolean = () => false): number | undefined {
    for (const frame of frames) {
      if (!this.#maps.has(frame)) return frame;
      if (this.#previews.has(frame) && !isPreview(frame)) return frame;
    }
    return undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Maps fetched so far: changes whenever one has come. */
  readonly fetched = (): number => this.#fetched;

  #keepOpen(frame: number, map: LabelMap): void {
    this.#open.set(frame, map);
    const oldest = this.#open.keys().next();
    if (this.#open.size > OPEN && !oldest.done) this.#open.delete(oldest.value);
  }

  #drop(frame: number): void {
    this.#bytes -= this.#maps.get(frame)?.runs.byteLength ?? 0;
    this.#maps.delete(frame);
    this.#open.delete(frame);
    this.#previews.delete(frame);
  }
}
