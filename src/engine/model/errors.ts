import { megabytes } from '../../lib/bytes.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';
import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';
import { SETTINGS_ERRORS } from '../settings/errors.ts';
import { WEIGHTS_ERRORS } from '../weights/errors.ts';

/** How a host answered. */
export const ANSWERS = {
  status: (p: { status: number }) => `status ${p.status}`,
} satisfies Phrases;

/** Errors of the list of models and of models in memory. */
export const MODEL_ERRORS = {
  'model/bad-manifest': (p: { path: string; wants: string }) => ({
    what: `The list of models is wrong: ${p.path} has to be ${p.wants}.`,
    todo: 'Fix models/manifest.json, or restore it from the release.',
  }),
  'model/unknown': (p: { id: string }) => ({
    what: `There is no model named “${p.id}”.`,
    todo: 'Choose a model from the list, or add the weight file again.',
  }),
  'model/untrained': (p: { id: string }) => ({
    what: `F_v needs a trained correlator, and ${p.id} has none.`,
    todo: 'Choose another metric, or train a correlator for this model first.',
  }),
  'model/not-here': (p: { host: string; bytes: number }) => ({
    what: `The weights of this model are not in the browser yet; they are on ${p.host}.`,
    todo: `Agree to download them once (${megabytes(p.bytes)}), or drop the file on the page.`,
  }),
  'model/unreachable': (p: { url: string; detail: Phrase<typeof ANSWERS> | Said }) => ({
    what: `${p.url} could not be fetched: ${inWords(ANSWERS, p.detail)}.`,
    todo: 'Check the connection and the address, and try again.',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf({
  ...SETTINGS_ERRORS,
  ...WEIGHTS_ERRORS,
  ...MODEL_ERRORS,
});
