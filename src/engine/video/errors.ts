import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of clips: files that are none, or that cannot be decoded. */
export const VIDEO_ERRORS = {
  'video/not-open': () => ({
    what: 'No clip is open.',
    todo: 'Open a clip first.',
  }),
  'video/empty': (p: { name: string }) => ({
    what: `${p.name} is empty.`,
    todo: 'Choose a video, an animated image, or the frames of one.',
  }),
  'video/not-media': (p: { name: string; like: string }) => ({
    what: `${p.name} is neither a video nor an image: it looks like ${p.like}.`,
    todo: 'Choose a video (MP4, MOV, WebM, MKV), an animated image (GIF, WebP, APNG), or JPEG or PNG frames.',
  }),
  'video/container': (p: { name: string; container: string; convert: string }) => ({
    what: `${p.name} is in the format ${p.container}, which browsers cannot read.`,
    todo: `Convert it to MP4, for example with HandBrake or VLC, and open that. On a command line: ${p.convert}`,
  }),
  'video/no-picture': (p: { name: string; container: string }) => ({
    what: `${p.name} (${p.container}) has no video track.`,
    todo: 'Choose a file that has pictures as well as sound.',
  }),
  'video/codec': (p: { name: string; codec: string; container: string; where: string; convert: string }) => ({
    what: `${p.name} (${p.container}) is coded as ${p.codec}, which this browser cannot decode.`,
    todo: `${p.where}Convert it to MP4, for example with HandBrake or VLC, and open that. On a command line: ${p.convert}`,
  }),
  'video/damaged': (p: { name: string; detail: string }) => ({
    what: `${p.name} is damaged: ${p.detail}.`,
    todo: 'Get the file again from where it came from, or export it again from the program that made it.',
  }),
  'video/truncated': (p: { name: string; readable: number; total: number; rescue: string }) => ({
    what: `${p.name} ends too early: of its ${p.total} frames only the first ${p.readable} are there.`,
    todo: `Copy or download it again, or keep what is there, on a command line: ${p.rescue}`,
  }),
  'video/frame-lost': (p: { name: string; index: number }) => ({
    what: `Frame ${p.index} of ${p.name} cannot be decoded; its data is damaged or missing.`,
    todo: `Use a part of the clip without frame ${p.index}, or export the clip again from the program that made it.`,
  }),
  'video/mixed-files': (p: { name: string; is: string }) => ({
    what: `Several files are taken as the frames of one clip, but ${p.name} is ${p.is}.`,
    todo: 'Choose one video, or only images.',
  }),
  'video/odd-size': (p: { name: string; size: string; wanted: string; first: string }) => ({
    what: `The frames differ in size: ${p.name} is ${p.size}, but ${p.first} is ${p.wanted}.`,
    todo: `Leave out ${p.name}, or bring all frames to one size.`,
  }),
  'video/browser': (p: { name: string; lacks: string }) => ({
    what: `${p.name} cannot be opened because this browser has no ${p.lacks}.`,
    todo: 'Use a current Chrome, Edge, Firefox or Safari.',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf(VIDEO_ERRORS);
