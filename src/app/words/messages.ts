import { REASONS, type Reason } from '../../engine/backend/report.ts';
import { NOTES, type Note } from '../../engine/session/notes.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { Explanation, PlainFailure, UnpromptedError } from '../../lib/failure.ts';
import { inWords } from '../../lib/phrases.ts';
import { formats } from './format.ts';
import { language } from './language.ts';

/** What the engine and its workers hand over as data, in the language of this visit; null: in English, as it comes. */
const translated =
  language === 'de'
    ? (await import('./de-messages.ts')).germanMessages({
        formats,
        say: inWords,
        explain: (error) => explained(error),
      })
    : null;

/** An error that crossed as data, in the language of this visit. */
function translation({ code, params }: Pick<PlainFailure, 'code' | 'params'>): Explanation | null {
  const errors: Readonly<Record<string, unknown>> = translated?.errors ?? {};
  if (!Object.hasOwn(errors, code)) return null;
  return (errors[code] as (params: object) => Explanation)(params);
}

/** What a user sees of an error. */
export const explained = (error: UnpromptedError): Explanation =>
  translation(error) ?? { what: error.message, todo: error.todo };

/** What happened, of an error that is known by its English sentence. */
export const whatOf = (failed: Pick<PlainFailure, 'code' | 'params'>, english: string): string =>
  translation(failed)?.what ?? english;

/** A note of a clip, a run or an export. */
export const noted = (note: Note): string => inWords(translated?.notes ?? NOTES, note);

/** Why a run computes where it does. */
export const reasoned = (reason: Reason): string => inWords(translated?.reasons ?? REASONS, reason);

/** A model with its name and texts for the page. */
export const modelInWords = (entry: ModelEntry): ModelEntry => translated?.model(entry) ?? entry;
