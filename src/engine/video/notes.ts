import type { Phrase, Phrases } from '../../lib/phrases.ts';

const frames = (count: number) => (count === 1 ? 'One frame' : `${count} frames`);
const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

/** What a user should know of a clip's file: what was left out or is not followed. A sentence each. */
export const CLIP_NOTES = {
  'clip/junk': (p: { bytes: number; container: string }) =>
    `${p.bytes} bytes of the file are no ${p.container} and were left out.`,
  'clip/broken-off': 'The file breaks off: only the frames that it still holds are shown.',
  'clip/first-frames': (p: { frames: number }) =>
    `The file breaks off: only its first ${p.frames} frames are whole.`,
  'clip/jumps': (p: { times: number }) =>
    `Its clock jumps ${times(p.times)}: the parts are shown one after the other.`,
  'clip/leading': (p: { frames: number }) =>
    `${frames(p.frames)} at its beginning cannot be decoded, since their key frame is not in the file.`,
  'clip/hdr':
    'It is in high dynamic range, which this browser shows without tone mapping: colours look pale.',
  'clip/silent': 'Its sound stays out of exports: it cannot be brought in step with the pictures.',
  'clip/tracks': (p: { tracks: number; width: number; height: number }) =>
    `It has ${p.tracks} video tracks; the one of ${p.width} × ${p.height} pixels is shown.`,
  'clip/no-edits': 'Its edit list shows nothing and is not followed: all frames are here.',
  'clip/speed': 'Its edit list asks for another speed, which is not followed: frames keep their own pace.',
} satisfies Phrases;

export type ClipNote = Phrase<typeof CLIP_NOTES>;
