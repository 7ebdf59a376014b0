import { isVideoName } from '../../engine/video/names.ts';

/** A clip of several that were opened at once. Plain data, replaced and never changed. */
export interface QueuedClip {
  readonly id: number;
  readonly file: File;
  /** Failed: it could not be opened, or its run came to nothing. */
  readonly state: 'waiting' | 'done' | 'failed';
  /** Why it failed. */
  readonly why: string | null;
  /** Under which the browser keeps the work on it, once there is any. */
  readonly kept: string | null;
}

/** Whether a file is a clip by itself, by what it is called: a frame of one is not. */
export const isVideo = ({ name, type }: Pick<File, 'name' | 'type'>): boolean =>
  type.startsWith('video/') || isVideoName(name);

/** The queue with more clips at its end. */
export function withFiles(clips: readonly QueuedClip[], files: readonly File[]): readonly QueuedClip[] {
  const first = 1 + Math.max(0, ...clips.map(({ id }) => id));
  const added = files.map(
    (file, i): QueuedClip => ({ id: first + i, file, state: 'waiting', why: null, kept: null }),
  );
  return [...clips, ...added];
}

export const withChange = (
  clips: readonly QueuedClip[],
  id: number,
  change: Partial<Pick<QueuedClip, 'state' | 'why' | 'kept'>>,
): readonly QueuedClip[] => clips.map((clip) => (clip.id === id ? { ...clip, ...change } : clip));

/** The clip that is open, if it is one of the queue. */
export const openOf = (clips: readonly QueuedClip[], open: readonly File[]): QueuedClip | undefined =>
  clips.find(({ file }) => open.includes(file));

/** The clips after another one, then those before it. */
function around(clips: readonly QueuedClip[], id: number | undefined): readonly QueuedClip[] {
  const at = clips.findIndex((clip) => clip.id === id);
  return [...clips.slice(at + 1), ...clips.slice(0, Math.max(0, at))];
}

/** The next clip to be looked at, after the one with this id or from the start; undefined: none is left. */
export const nextWaiting = (clips: readonly QueuedClip[], id: number | undefined): QueuedClip | undefined =>
  around(clips, id).find(({ state }) => state === 'waiting');

/** Where “next clip” goes: to one that waits, or else to the one after this, those passed over that failed. */
export const nextClip = (clips: readonly QueuedClip[], id: number | undefined): QueuedClip | undefined =>
  nextWaiting(clips, id) ?? around(clips, id).find(({ state }) => state !== 'failed');

/** Clips whose masks can be exported together; none where that is one at most, which has an export of its own. */
export function exportable(clips: readonly QueuedClip[]): readonly QueuedClip[] {
  const done = clips.filter(({ state }) => state === 'done');
  return done.length > 1 ? done : [];
}

/** What a user may be doing on the open clip. */
export interface Hands {
  frame: number;
  /** Edits in the history. */
  edits: number;
  selected: number;
  playing: boolean;
  /** A way of looking, tool or dialog that is not there from the start. */
  busy: boolean;
}

/** Whether a user has done anything with a clip since it was opened: if not, it can be left. */
export const isTouched = (opened: Pick<Hands, 'frame' | 'edits'>, now: Hands): boolean =>
  now.frame !== opened.frame || now.edits !== opened.edits || now.selected > 0 || now.playing || now.busy;
