import type { Explanation, UnpromptedError } from '../../lib/failure.ts';
import type { inWords } from '../../lib/phrases.ts';
import type { Formats } from './format.ts';

/** What puts the parts of an error into words. */
export interface Tools {
  formats: Formats;
  say: typeof inWords;
  /** An error that is part of another. */
  explain(error: UnpromptedError): Explanation;
}
