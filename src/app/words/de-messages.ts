import type { REASONS } from '../../engine/backend/report.ts';
import type { NOTES } from '../../engine/session/notes.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { TranslatedErrors } from '../../lib/failure.ts';
import type { Translated } from '../../lib/phrases.ts';
import { germanEngineErrors } from './de-errors.ts';
import { germanModel } from './de-models.ts';
import { germanPageErrors } from './de-page-errors.ts';
import { GERMAN_REASONS, germanNotes } from './de-phrases.ts';
import type { Tools } from './de-tools.ts';
import type { PAGE_ERRORS } from './errors.ts';

/** What the engine and its workers hand over as data, in another language than theirs. */
interface Messages {
  errors: TranslatedErrors<typeof PAGE_ERRORS>;
  notes: Translated<typeof NOTES>;
  reasons: Translated<typeof REASONS>;
  model(entry: ModelEntry): ModelEntry;
}

/** In German. As de.ts it imports no code but German, since messages.ts waits for it. */
export const germanMessages = (tools: Tools): Messages => ({
  errors: { ...germanEngineErrors(tools), ...germanPageErrors(tools) },
  notes: germanNotes(tools.formats),
  reasons: GERMAN_REASONS,
  model: germanModel,
});
