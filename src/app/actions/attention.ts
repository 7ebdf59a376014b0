import { proxy } from 'comlink';
import { workers } from '../connection.ts';
import { latest } from '../model/latest.ts';
import { superseded } from '../stores/aborts.ts';
import { showFailure } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { type TokenAt, useView } from '../stores/view.ts';

const failed = (thrown: unknown) => {
  if (!superseded(thrown)) showFailure(thrown);
};

const stillLooking = (mode: 'attention' | 'distance', result: unknown): boolean =>
  useView.getState().mode === mode && useRun.getState().result === result;

const askClip = latest<TokenAt>(async (of) => {
  const { result } = useRun.getState();
  const map = await workers().engine.attention(of.frame, of.row, of.column);
  if (stillLooking('attention', result)) useView.setState({ attention: { of, ...map } });
}, failed);

const askFrame = latest<TokenAt>(async (of) => {
  const { result } = useRun.getState();
  const map = await workers().engine.frameAttention(of.frame, of.row, of.column);
  if (stillLooking('attention', result)) useView.setState({ frameMap: { of, map } });
}, failed);

const sameToken = (a: TokenAt | null | undefined, b: TokenAt): boolean =>
  a?.frame === b.frame && a.row === b.row && a.column === b.column;

/** Asks where a token attends: over the clip, and by the backbone within its frame. The newest wish wins. */
export function askAttention(token: TokenAt): void {
  if (useRun.getState().phase !== 'idle') return;
  const { attention, frameMap } = useView.getState();
  if (!sameToken(attention?.of, token)) askClip(token);
  if (!sameToken(frameMap?.of, token)) askFrame(token);
}

/** Holds on to a token, from which attention is shown. */
export function pinAttention(token: TokenAt): void {
  useView.setState({ pinned: token });
  askAttention(token);
}

/** Holds on to a token, whose distance to all others is shown as it comes, the frame on the stage first. */
export async function pinDistances(token: TokenAt, from: number): Promise<void> {
  const { result, phase } = useRun.getState();
  if (!result || phase !== 'idle') return;
  const none = Array.from({ length: result.grid.frames }, () => null);
  useView.setState({ pinned: token, distances: { of: token, frames: none } });
  /** Takes a frame's distances, and tells whether more are wanted. */
  const take = (place: number, found: Float32Array): boolean => {
    const { distances } = useView.getState();
    if (distances?.of !== token) return false;
    useView.setState({ distances: { of: token, frames: distances.frames.with(place, found) } });
    return true;
  };
  try {
    await workers().engine.distances(token.frame, token.row, token.column, from, proxy(take));
  } catch (thrown) {
    failed(thrown);
  }
}
