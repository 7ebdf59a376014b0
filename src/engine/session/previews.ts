import { SOURCE } from '../follow/records.ts';
import type { TokenStore } from '../tokens/store.ts';
import type { Shot } from '../video/shots.ts';
import type { Following } from './following.ts';
import type { FollowedState } from './open-clip.ts';
import { QUICK_PROPAGATED } from './quick-look.ts';

/** Expected seconds of the search for objects, below which no previews are needed. */
export const LEAST_FOR_PREVIEWS = 6;
/** Frames that motion fills at a time: between two such steps masks that somebody waits for can go first. */
const STEP = 8;
/** Time that motion may take: some seconds at once, and this share of the search's own time. */
const FIRST_SECONDS = 3;
const SHARE = 0.5;

/** Frames shown as a quick look saw them, while the search for the clip's objects goes on. */
export interface Previews {
  /**
   * Shows the search's samples whose tokens are new, then the frame that the playhead rests on; then motion fills some of the
   * frames without masks, the next ones after the playhead first, as long as the search is not slowed down much.
   */
  show(frames: Int32Array, tokens: Pick<TokenStore, 'written' | 'read'>): Promise<void>;
  /** Shows nothing more. */
  end(): void;
  /** Spent on previews so far. */
  readonly seconds: number;
}

interface Quick {
  plan: Pick<FollowedState['plan'], 'start' | 'samples'>;
  following: Pick<Following, 'preview' | 'propagateForward'>;
  records: Pick<FollowedState['records'], 'source'>;
}

/** Frames whose masks motion makes from those of `from`: the ones after it, up to `end` (excluded). */
interface Gap {
  from: number;
  end: number;
}

/**
 * @param shot of the quick look, which knows nothing about the others
 * @param onFrames called with frames that have got masks
 * @param now milliseconds
 */
export function createPreviews(
  { plan, following, records }: Quick,
  shot: Shot,
  playhead: () => number,
  onFrames: (frames: readonly number[]) => void,
  signal: AbortSignal,
  now = () => performance.now(),
): Previews {
  const began = now();
  let [read, rested, seconds] = [0, -1, 0];
  let ended = false;
  /** Frames that went through the model. */
  const analysed = new Set(plan.samples);
  const isBare = (frame: number) =>
    !ended &&
    frame >= shot.start &&
    frame < shot.end &&
    records.source(frame - plan.start) === SOURCE.pending;

  const timed = async (work: () => Promise<void>) => {
    const start = now();
    await work();
    seconds += (now() - start) / 1000;
  };

  const analyse = async (frame: number, queries?: Float32Array) => {
    await timed(() => following.preview(frame, frame + 1, onFrames, signal, queries));
    analysed.add(frame);
  };

  /** The next frames without masks near an analysed one before them: from the playhead to the shot's end, then before it. */
  function nextGap(): Gap | null {
    const at = Math.min(Math.max(playhead(), shot.start), shot.end);
    return gapIn(at, shot.end) ?? gapIn(shot.start, at);
  }

  function gapIn(start: number, end: number): Gap | null {
    for (let frame = start; frame < end; frame++) {
      const gap = isBare(frame) ? gapAt(frame) : null;
      if (gap) return gap;
    }
    return null;
  }

  /** The frames without masks around one, from the last before it that has masks. */
  function gapAt(frame: number): Gap | null {
    let seen = frame - 1;
    while (frame - seen <= QUICK_PROPAGATED && !analysed.has(seen)) seen--;
    if (frame - seen > QUICK_PROPAGATED) return null;
    let from = frame - 1;
    while (from > seen && isBare(from)) from--;
    const most = Math.min(from + 1 + STEP, seen + 1 + QUICK_PROPAGATED);
    let end = from + 1;
    while (end < most && isBare(end)) end++;
    return { from, end };
  }

  return {
    async show(frames, tokens) {
      for (; read < tokens.written; read++) {
        const frame = frames[read]!;
        if (isBare(frame)) await analyse(frame, await tokens.read('q', read, 1));
      }
      const frame = playhead();
      // While it moves, this frame would no longer be wanted when its masks are made.
      if (frame === rested && isBare(frame)) await analyse(frame);
      rested = frame;
      const searched = (now() - began) / 1000 - seconds;
      if (seconds > FIRST_SECONDS + SHARE * searched) return;
      const gap = nextGap();
      if (gap) await timed(() => following.propagateForward(gap.from, gap.end, onFrames, signal));
    },
    end: () => {
      ended = true;
    },
    get seconds() {
      return seconds;
    },
  };
}
