import { proxy } from 'comlink';
import { conflated } from '../../lib/task.ts';
import { showClipFailure } from '../stores/clip.ts';
import { answers, useRun } from '../stores/run.ts';
import { NO_LOOK, type TokenAt, useView } from '../stores/view.ts';
import { run } from '../workers/engine.ts';

const stillLooking = (mode: 'attention' | 'distance' | 'motion', result: unknown): boolean =>
  useView.getState().mode === mode && useRun.getState().result === result;

const askClip = conflated<TokenAt>(async (of) => {
  const { result } = useRun.getState();
  const map = await run().attention(of.frame, of.row, of.column);
  if (stillLooking('attention', result)) useView.setState({ attention: { of, ...map } });
}, showClipFailure);

const askFrame = conflated<TokenAt>(async (of) => {
  const { result } = useRun.getState();
  const map = await run().frameAttention(of.frame, of.row, of.column);
  if (stillLooking('attention', result)) useView.setState({ frameMap: { of, map } });
}, showClipFailure);

export const sameToken = (a: TokenAt | null | undefined, b: TokenAt): boolean =>
  a?.frame === b.frame && a.row === b.row && a.column === b.column;

const askMotion = conflated<number>(async (frame) => {
  const { result } = useRun.getState();
  const map = await run().motion(frame);
  if (stillLooking('motion', result)) useView.setState({ motion: { frame, map } });
}, showClipFailure);

/** Asks what moves by itself in a clip frame. The newest request wins. */
export function askMotionOf(frame: number): void {
  const { phase, restored } = useRun.getState();
  if (answers(phase) && !restored) askMotion(frame);
}

/** Asks where a token attends: over the clip, and by the backbone within its frame. The newest request wins. */
export function askAttention(token: TokenAt): void {
  const { phase, restored } = useRun.getState();
  if (!answers(phase) || restored) return;
  const { attention, frameMap } = useView.getState();
  if (!sameToken(attention?.of, token)) askClip(token);
  if (!sameToken(frameMap?.of, token)) askFrame(token);
}

/** Pins a token, whose attention is shown; where there is none, the stage says how to get it. */
export function pinAttention(token: TokenAt): void {
  if (useRun.getState().restored) return;
  useView.setState({ pinned: token });
  askAttention(token);
}

/** Unpins the token. */
export const unpin = (): void => useView.setState(NO_LOOK);

/** Pins a token, and shows its distances to all others as they are computed, the frame on the stage first. */
export async function pinDistances(token: TokenAt, from: number): Promise<void> {
  const { result, restored, phase } = useRun.getState();
  if (!result || restored || !answers(phase)) return;
  const none = Array.from({ length: result.grid.frames }, () => null);
  useView.setState({ pinned: token, distances: { of: token, frames: none } });
  /** Takes a frame's distances, and returns whether more are wanted. */
  const take = (place: number, found: Float32Array): boolean => {
    const { distances } = useView.getState();
    if (distances?.of !== token) return false;
    useView.setState({ distances: { of: token, frames: distances.frames.with(place, found) } });
    return true;
  };
  try {
    await run().distances(token.frame, token.row, token.column, from, proxy(take));
  } catch (thrown) {
    showClipFailure(thrown);
  }
}
