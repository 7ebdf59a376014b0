import { SOURCE } from '../follow/records.ts';
import type { TokenStore } from '../tokens/store.ts';
import type { Shot } from '../video/shots.ts';
import type { Following } from './following.ts';
import type { FollowedState } from './open-clip.ts';
import { QUICK_PROPAGATED } from './quick-look.ts';

/** Expected seconds of the search for objects, below which no previews are needed. */
export const LEAST_FOR_PREVIEWS = 6;

/** Frames shown as a quick look saw them, while the search for the clip's objects goes on. */
export interface Previews {
  /** Shows the search's samples whose tokens are new, and the frames after each of them, by motion. */
  samples(frames: Int32Array, tokens: Pick<TokenStore, 'written' | 'read'>): Promise<void>;
  /** Shows the frame that the playhead rests on, and the frames after it, if they have no masks yet. */
  playhead(): Promise<void>;
  /** Shows nothing more. */
  end(): void;
  /** Spent on previews so far. */
  readonly seconds: number;
}

interface Quick {
  plan: Pick<FollowedState['plan'], 'start'>;
  following: Pick<Following, 'preview' | 'propagateForward'>;
  records: Pick<FollowedState['records'], 'source'>;
}

/**
 * @param shot of the quick look, which knows nothing about the others
 * @param onFrames called with frames that have got masks
 */
export function createPreviews(
  { plan, following, records }: Quick,
  shot: Shot,
  playhead: () => number,
  onFrames: (frames: readonly number[]) => void,
  signal: AbortSignal,
): Previews {
  let [read, before, seconds] = [0, -1, 0];
  let ended = false;
  const isBare = (frame: number) =>
    !ended &&
    frame >= shot.start &&
    frame < shot.end &&
    records.source(frame - plan.start) === SOURCE.pending;

  /** The end of the frames without masks after a frame, up to `next` and as far as masks are propagated. */
  function endAfter(frame: number, next: number): number {
    const most = Math.min(next, frame + 1 + QUICK_PROPAGATED);
    let end = frame + 1;
    while (end < most && isBare(end)) end++;
    return end;
  }

  const timed = async (work: Promise<void>) => {
    const began = performance.now();
    await work;
    seconds += (performance.now() - began) / 1000;
  };

  const show = (frame: number, next: number, queries?: Float32Array) =>
    timed(following.preview(frame, endAfter(frame, next), onFrames, signal, queries));

  return {
    async samples(frames, tokens) {
      for (; read < tokens.written; read++) {
        const [frame, next = shot.end] = [frames[read]!, frames[read + 1]];
        if (isBare(frame)) {
          await show(frame, next, await tokens.read('q', read, 1));
          continue;
        }
        // It has masks already, which may end before the next sample.
        let last = frame;
        while (last + 1 < next && !isBare(last + 1)) last++;
        const end = endAfter(last, next);
        if (isBare(last + 1)) await timed(following.propagateForward(last, end, onFrames, signal));
      }
    },
    async playhead() {
      const frame = playhead();
      // While it moves, this frame would no longer be wanted when its masks are made.
      const rests = frame === before;
      before = frame;
      if (rests && isBare(frame)) await show(frame, shot.end);
    },
    end: () => {
      ended = true;
    },
    get seconds() {
      return seconds;
    },
  };
}
