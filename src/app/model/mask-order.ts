/** Frames wanted ahead of the playhead while it moves. */
const AHEAD = 10;
/** Frames of a run: they are decoded one after the other, and each run from a key frame on. */
const RUN = 32;
/** Frames after the one that is shown whose previews are wanted, for a first Play: some four seconds. */
const PREVIEWED = 96;

export interface Wanted {
  /** The frame that is shown. */
  frame: number;
  /** Of playing: 1 or −1, 0 while it rests. */
  direction: number;
  frameCount: number;
  /** Whether there is room for more than what is about to be shown. */
  room: boolean;
  /** Whether a frame has masks. */
  ready(frame: number): boolean;
  /** Whether they are a preview, which other masks replace soon: wanted only near what is shown. */
  preview(frame: number): boolean;
}

/**
 * Frames in the order that their masks are wanted: what is shown, what comes next while playing, then outwards in runs, one
 * behind the frame and one before it in turn. Within a run they ascend: a step back means decoding from a key frame on.
 */
export function* maskOrder({
  frame,
  direction,
  frameCount,
  room,
  ready,
  preview,
}: Wanted): Generator<number> {
  const near = (next: number) => next >= frame - RUN && next <= frame + PREVIEWED;
  const wanted = (next: number) => near(next) || !preview(next);
  const there = (next: number) => next >= 0 && next < frameCount && ready(next) && wanted(next);
  if (there(frame)) yield frame;
  for (let away = 1; direction !== 0 && away <= AHEAD; away++)
    if (there(frame + away * direction)) yield frame + away * direction;
  if (!room) return;
  for (let away = 0; away < frameCount; away += RUN)
    for (const start of [frame + 1 + away, frame - away - RUN])
      for (let next = start; next < start + RUN; next++) if (there(next)) yield next;
}
