import { ENGINE_ERRORS } from '../../engine/session/errors.ts';
import { EVALUATE_ERRORS } from '../../evaluate/errors.ts';
import { COMMON_ERRORS, type ErrorTable, errorsOf, type UnpromptedError } from '../../lib/failure.ts';
import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';
import { TRAIN_ERRORS } from '../../train/errors.ts';
import { bytes } from './format.ts';

/** Why a clip that a link names cannot be fetched. */
export const LINK_FAULTS = { page: 'a web page lies there' } satisfies Phrases;
export type LinkFault = Phrase<typeof LINK_FAULTS> | Said;

/** What keeps work from being saved in the browser. */
export const REFUSALS = {
  'no-room': 'the browser has no room left for this page',
  denied: 'the browser lets this page store nothing',
  'too-large': (p: { most: number }) => `it is larger than ${bytes(p.most)}`,
} satisfies Phrases;

/** Why work is not saved in the browser, in the browser's own words where it is for another reason. */
export type Refusal = Phrase<typeof REFUSALS> | Said;

/** What is wrong with a project: as a file, then with what it holds. */
export const PROJECT_FAULTS = {
  overlap: 'its files lie over each other',
  unpacks: 'it unpacks to more than any project holds',
  'clip-unpacks': 'the clip in it unpacks to far more than it was packed from',
  missing: (p: { file: string }) => `${p.file} is missing`,
  'too-large': (p: { file: string }) => `${p.file} is too large`,
  damaged: (p: { file: string }) => `${p.file} is damaged`,
  'no-json': (p: { file: string }) => `${p.file} is not JSON`,
  'empty-clip': (p: { file: string }) => `${p.file}, of the clip in it, is empty`,
  'damaged-clip': 'the clip in it is damaged',
  'many-files': (p: { most: number }) => `it holds more than ${p.most} files`,
  outside: (p: { file: string }) => `a file in it would lie outside of it, as “${p.file}”`,
  'no-zip': 'it is no zip archive, or is cut short',
  edit: 'an edit names something that is not there',
  class: 'an object has a class that is not there',
  reviewed: 'its reviewed frames are not the clip’s',
  settings: (p: { failed: UnpromptedError }) => p.failed.message,
  frames: 'its frames are not the clip’s',
  labels: 'its labels do not fit its grid',
  cluster: 'a cluster is described that is not there',
  levels: 'its levels do not fit each other',
  parts: 'its parts do not fit its levels',
  followed: 'its followed frames do not fit its grid',
  leaves: 'its leaves do not fit its followed frames',
  stroke: 'a stroke has tokens that are not there',
  prompted: 'an object that clicks made has tokens that are not there',
} satisfies Phrases;

/** What is wrong with a project; what its schema says is technical, and stays in its words. */
export type ProjectFault = Phrase<typeof PROJECT_FAULTS> | Said;

/** What tells a clip from another. */
interface Mark {
  width: number;
  height: number;
  frameCount: number;
}

const markIn = ({ width, height, frameCount }: Mark): string =>
  `${width} × ${height} pixels and ${frameCount} ${frameCount === 1 ? 'frame' : 'frames'}`;

/** A clip that could not be exported, and why. */
interface FailedClip {
  name: string;
  error: UnpromptedError;
}

/** Errors of the page: links, projects, queues, and ground truth dropped on it. */
export const APP_ERRORS = {
  'link/no-sample': (p: { id: string; ids: string }) => ({
    what: `This link asks for the sample “${p.id}”, which is not here.`,
    todo:
      p.ids === '' ? 'This page came without samples. Drop a clip of your own.' : `The samples are ${p.ids}.`,
  }),
  'link/elsewhere': (p: { what: string; host: string }) => ({
    what: `This link asks for a clip at “${p.what}”, which is not on ${p.host}.`,
    todo: 'Download the clip yourself and drop it here: this page only fetches clips from its own site.',
  }),
  'link/missing': (p: { what: string; why: LinkFault }) => ({
    what: `This link asks for the clip “${p.what}”, which could not be fetched: ${inWords(LINK_FAULTS, p.why)}.`,
    todo: 'Check the address after “#clip=”. It is relative to this page.',
  }),
  'queue/not-done': () => ({
    what: 'Not every frame of this clip has its masks.',
    todo: 'Open the clip, press Segment, and export it once that has ended.',
  }),
  'queue/not-all': (p: { done: number; total: number; failed: readonly FailedClip[] }) => ({
    what: `${p.done} of ${p.total} clips were exported. ${p.failed.map(({ name, error }) => `${name}: ${error.message}`).join(' ')}`,
    todo: 'Open the clips that are missing and export each by itself.',
  }),
  'truth/frames': (p: { keys: string; first: string; last: string }) => ({
    what: `The clip has no frames for the masks numbered ${p.keys}: its frames are ${p.first} to ${p.last}.`,
    todo: 'Drop the masks of this clip; each needs the number of its frame in its name.',
  }),
  'truth/several': (p: { names: string }) => ({
    what: `These files hold several clips with masks: ${p.names}.`,
    todo: 'Drop the frames and masks of one clip; to run a whole data set use unprompted eval.',
  }),
  'truth/no-clip': () => ({
    what: 'These are masks, but no clip is open to compare them with.',
    todo: 'Open the clip first, then drop its masks.',
  }),
  'project/bad': (p: { name: string; detail: ProjectFault }) => ({
    what: `${p.name} cannot be read as a project: ${inWords(PROJECT_FAULTS, p.detail)}.`,
    todo: 'Take another copy of it, or open the clip itself and segment it again.',
  }),
  'project/newer': (p: { name: string }) => ({
    what: `${p.name} was written by a newer version of this page.`,
    todo: 'Reload this page to get the newest version, and open it again.',
  }),
  'project/no-clip': (p: { name: string; clip: string }) => ({
    what: `${p.name} holds no copy of its clip, ${p.clip}.`,
    todo: `Drop ${p.clip} here to continue where you left off.`,
  }),
  'project/other-clip': (p: { name: string; wants: Mark; found: Mark }) => ({
    what: `This is not the clip of ${p.name}: that has ${markIn(p.wants)}, this one ${markIn(p.found)}.`,
    todo: 'Drop the clip that the project was made from.',
  }),
  'project/not-kept': (p: { detail: Refusal }) => ({
    what: `This work is not saved in this browser: ${inWords(REFUSALS, p.detail)}.`,
    todo: 'Save a project file before you leave; to make room, forget recent clips on the first screen.',
  }),
  'project/clip-not-kept': (p: { clip: string; why: Refusal }) => ({
    what: `The work is saved in this browser, but not ${p.clip} itself: ${inWords(REFUSALS, p.why)}.`,
    todo: 'Keep the clip at hand: after a reload this page asks for it. Or save a project file with its clip.',
  }),
  'project/not-remembered': () => ({
    what: 'The work is saved in this browser, but the browser does not let this tab remember what it had open.',
    todo: 'After a reload, open the clip again from the first screen.',
  }),
} satisfies ErrorTable;

/** Every error that the page may show. */
export const PAGE_ERRORS = {
  ...COMMON_ERRORS,
  ...ENGINE_ERRORS,
  ...EVALUATE_ERRORS,
  ...TRAIN_ERRORS,
  ...APP_ERRORS,
};

export const { failure, asFailure } = errorsOf(PAGE_ERRORS);
export type ErrorCode = ReturnType<typeof asFailure>['code'];
