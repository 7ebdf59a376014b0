import { type ErrorTable, errorsOf } from '../../lib/failure.ts';
import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';

/** What a file looks like that is no media. */
export const LIKES = {
  pdf: 'a PDF document',
  zip: 'a ZIP archive or an Office document',
  gzip: 'a gzip archive',
  rar: 'a RAR archive',
  '7z': 'a 7-Zip archive',
  program: 'a program',
  database: 'a database',
  binary: 'binary data of an unknown kind',
  page: 'a web page',
  playlist: 'a playlist',
  svg: 'an SVG drawing',
  text: 'a text file',
} satisfies Phrases;

/** Codecs without a name of their own. */
export const CODECS = {
  unknown: 'an unknown codec',
  raw: 'uncompressed video',
  stream: (p: { type: number }) => `stream type ${p.type}`,
} satisfies Phrases;

/** Codecs that other browsers decode: a sentence with a space after it. */
export const ELSEWHERE = {
  hevc: 'Safari opens it, and so do Chrome and Edge on machines with an HEVC decoder. ',
  av1: 'Current Chrome, Edge and Firefox open it. ',
} satisfies Phrases;

/** What is wrong with a clip. */
export const CLIP_FAULTS = {
  structure: (p: { container: string; detail: string }) =>
    `its ${p.container} structure cannot be followed (${p.detail})`,
  'no-frame': 'no frame could be found in it',
  'no-index': 'the index of its tracks is missing, for example after an interrupted copy',
  'no-key-frame': 'none of its frames is a key frame, with which decoding could begin',
  decoder: (p: { detail: string }) => `the decoder gave up (${p.detail})`,
  image: (p: { type: string }) => `it begins like ${p.type}, but it cannot be decoded`,
} satisfies Phrases;

/** What was chosen or dropped: a file by its name, or all of it. */
type Chosen = { name: string } | { is: 'choice' | 'folder' };

/** A file of another kind than those beside it. */
type Stranger = { like: keyof typeof LIKES } | { kind: string };

const strangerIn = (is: Stranger): string => {
  if ('like' in is) return LIKES[is.like];
  // As it is said letter by letter: an MP4 file, a JPEG file.
  return `${/^(?:[AEFHILMNORSX][A-Z\d]|[aeio])/.test(is.kind) ? 'an' : 'a'} ${is.kind} file`;
};

/** Errors of clips: files that are none, or that cannot be decoded. */
export const VIDEO_ERRORS = {
  'video/not-open': () => ({
    what: 'No clip is open.',
    todo: 'Open a clip first.',
  }),
  'video/empty': (p: Chosen) => ({
    what: `${'name' in p ? p.name : p.is === 'choice' ? 'The choice' : 'The folder'} is empty.`,
    todo: 'Choose a video, an animated image, or the frames of one.',
  }),
  'video/not-media': (p: { name: string; like: keyof typeof LIKES }) => ({
    what: `${p.name} is neither a video nor an image: it looks like ${LIKES[p.like]}.`,
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
  'video/codec': (p: {
    name: string;
    codec: Phrase<typeof CODECS> | Said;
    container: string;
    where: keyof typeof ELSEWHERE | null;
    convert: string;
  }) => ({
    what: `${p.name} (${p.container}) is coded as ${inWords(CODECS, p.codec)}, which this browser cannot decode.`,
    todo: `${p.where === null ? '' : ELSEWHERE[p.where]}Convert it to MP4, for example with HandBrake or VLC, and open that. On a command line: ${p.convert}`,
  }),
  'video/damaged': (p: { name: string; detail: Phrase<typeof CLIP_FAULTS> }) => ({
    what: `${p.name} is damaged: ${inWords(CLIP_FAULTS, p.detail)}.`,
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
  'video/mixed-files': (p: { name: string; is: Stranger }) => ({
    what: `Several files are taken as the frames of one clip, but ${p.name} is ${strangerIn(p.is)}.`,
    todo: 'Choose one video, or only images.',
  }),
  'video/odd-size': (p: { name: string; size: string; wanted: string; first: string }) => ({
    what: `The frames differ in size: ${p.name} is ${p.size}, but ${p.first} is ${p.wanted}.`,
    todo: `Leave out ${p.name}, or bring all frames to one size.`,
  }),
  'video/browser': (p: { name: string; lacks: 'WebCodecs' | 'ImageDecoder'; type?: string }) => ({
    what: `${p.name} cannot be opened because this browser has no ${p.lacks}${p.type === undefined ? '' : ` for ${p.type}`}.`,
    todo: 'Use a current Chrome, Edge, Firefox or Safari.',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf(VIDEO_ERRORS);
