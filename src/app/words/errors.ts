import { ENGINE_ERRORS } from '../../engine/session/errors.ts';
import { EVALUATE_ERRORS } from '../../evaluate/errors.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

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
  'link/missing': (p: { what: string; why: string }) => ({
    what: `This link asks for the clip “${p.what}”, which could not be fetched: ${p.why}.`,
    todo: 'Check the address after “#clip=”. It is relative to this page.',
  }),
  'queue/not-done': () => ({
    what: 'Not every frame of this clip has its masks.',
    todo: 'Open the clip, press Segment, and export it once that has ended.',
  }),
  'queue/not-all': (p: { done: number; total: number; why: string }) => ({
    what: `${p.done} of ${p.total} clips were exported. ${p.why}`,
    todo: 'Open the clips that are missing and export each by itself.',
  }),
  'truth/frames': (p: { keys: string; clip: string }) => ({
    what: `The clip has no frames for the masks numbered ${p.keys}: ${p.clip}.`,
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
  'project/bad': (p: { name: string; detail: string }) => ({
    what: `${p.name} cannot be read as a project: ${p.detail}.`,
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
  'project/other-clip': (p: { name: string; wants: string; found: string }) => ({
    what: `This is not the clip of ${p.name}: that has ${p.wants}, this one ${p.found}.`,
    todo: 'Drop the clip that the project was made from.',
  }),
  'project/not-kept': (p: { detail: string }) => ({
    what: `This work is not saved in this browser: ${p.detail}.`,
    todo: 'Save a project file before you leave; to make room, forget recent clips on the first screen.',
  }),
  'project/clip-not-kept': (p: { clip: string; why: string }) => ({
    what: `The work is saved in this browser, but not ${p.clip} itself: ${p.why}.`,
    todo: 'Keep the clip at hand: after a reload this page asks for it. Or save a project file with its clip.',
  }),
  'project/not-remembered': () => ({
    what: 'The work is saved in this browser, but the browser does not let this tab remember what it had open.',
    todo: 'After a reload, open the clip again from the first screen.',
  }),
} satisfies ErrorTable;

export const { failure, asFailure } = errorsOf({
  ...ENGINE_ERRORS,
  ...EVALUATE_ERRORS,
  ...APP_ERRORS,
});
export type ErrorCode = ReturnType<typeof asFailure>['code'];
