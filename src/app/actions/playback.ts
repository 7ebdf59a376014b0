import { held, inGroup } from '../model/action.ts';
import { clampFrame, nearest } from '../model/timeline.ts';
import { useClip } from '../stores/clip.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';

const frameCount = (): number => useClip.getState().info?.frameCount ?? 0;
const playable = (): boolean => frameCount() > 1;

/** Goes to a frame of the clip and pauses there. */
export function goTo(frame: number): void {
  if (frameCount() > 0) useView.setState({ frame: clampFrame(frame, frameCount()), speed: 0 });
}

const step = (by: number) => () => goTo(useView.getState().frame + by);

/** Speeds that repeated presses of L and J go through. */
const FASTEST = 4;

function shuttle(direction: 1 | -1): void {
  const { speed } = useView.getState();
  const onward = Math.sign(speed) === direction;
  useView.setState({ speed: onward ? direction * Math.min(FASTEST, Math.abs(speed) * 2) : direction });
}

/** The next processed frame from the playhead in a direction. */
function toProcessed(direction: 1 | -1): void {
  const frames = useRun.getState().result?.frames;
  if (!frames || frames.length === 0) return;
  const { frame } = useView.getState();
  const place = nearest(frames, frame);
  const beyond = direction > 0 ? frames[place]! > frame : frames[place]! < frame;
  goTo(frames[Math.min(frames.length - 1, Math.max(0, beyond ? place : place + direction))]!);
}

const action = inGroup('playback', playable);

const hasResult = (): boolean => useRun.getState().result !== null;

export const playPause = action('playPause', ['Space'], () =>
  useView.setState(({ speed }) => ({ speed: speed === 0 ? 1 : 0 })),
);
export const playForward = action('playForward', ['l'], () => shuttle(1));
export const pause = action('pause', ['k'], () => useView.setState({ speed: 0 }));
export const playBackward = action('playBackward', ['j'], () => shuttle(-1));
export const forward = held(action('forward', ['ArrowRight', '.'], step(1)));
export const back = held(action('back', ['ArrowLeft', ','], step(-1)));
export const forwardMore = held(action('forwardMore', ['Shift+ArrowRight'], step(10)));
export const backMore = held(action('backMore', ['Shift+ArrowLeft'], step(-10)));
export const nextProcessed = held(action('nextProcessed', ['ArrowDown'], () => toProcessed(1), hasResult));
export const previousProcessed = held(
  action('previousProcessed', ['ArrowUp'], () => toProcessed(-1), hasResult),
);
export const first = action('start', ['Home'], () => goTo(0));
export const last = action('end', ['End'], () => goTo(frameCount() - 1));

/** How much wider than its window the timeline can be drawn. */
export const CLOSEST = 32;

/** Draws the timeline wider or narrower. */
export function zoomBy(factor: number): void {
  useView.setState(({ zoom }) => ({ zoom: Math.min(CLOSEST, Math.max(1, zoom * factor)) }));
}

export const zoomIn = held(action('zoomIn', ['z'], () => zoomBy(2)));
export const zoomOut = held(action('zoomOut', ['Shift+Z'], () => zoomBy(0.5)));
