import { latest, type OnPart, Scope, serial } from '../../lib/task.ts';
import { createLibrary } from '../model/library.ts';
import { openClip } from '../video/open.ts';
import type { EngineApi } from './api.ts';
import { createClip } from './clip.ts';
import { createDevices } from './devices.ts';
import { type OpenJournal, openJournalFile } from './journal-file.ts';
import { createModelsApi } from './models.ts';
import { createSessionCache } from './sessions.ts';
import { warmUp } from './warm-up.ts';

/** The engine behind EngineApi. `manifestUrl`: the list of models. `openJournal`: see `ClipHandle.keepIn`. */
export function createEngine(manifestUrl: string, openJournal: OpenJournal = openJournalFile): EngineApi {
  const library = createLibrary(manifestUrl);
  const devices = createDevices();
  const context = { library, devices, sessionsFor: createSessionCache(), turn: serial(), openJournal };
  const warm = latest((signal, model: string) => warmUp(context, model, signal));

  return {
    device: async () => (await devices.context('auto')).report,
    ...createModelsApi(library),

    costs: async () =>
      Promise.all(
        (await library.entries()).map(async (entry) => ({
          id: entry.id,
          ...(await library.availability(entry)),
          estimate: null,
        })),
      ),

    warmUp: (model) => warm(model),

    open: latest(async (signal, files: readonly File[], onPart?: OnPart) => {
      warm.cancel();
      const clip = await openClip(files, signal, onPart);
      if (signal.aborted) clip.close();
      signal.throwIfAborted();
      const scope = new Scope();
      scope.own(clip, () => clip.close());
      return createClip(context, clip, files, scope);
    }),
  };
}
