import { abortError, Scope, throttled } from '../../lib/task.ts';
import type { Library, StoredWeights } from '../model/library.ts';
import type { DownloadProgress } from '../weights/fetch.ts';
import type { ModelEntry } from '../weights/types.ts';
import { asFailure, failure } from './errors.ts';

type OnProgress = (progress: DownloadProgress) => void;

/** Models, for the page and the command line: the part of EngineApi that needs no clip. */
export interface ModelsApi {
  /** The manifest's models, stored or not, then those that a user added. */
  models(): Promise<ModelEntry[]>;
  /**
   * Reads a weight file that a user gave and keeps it under its hash for later visits; its entry's id is what
   * RunSettings.model takes. Throws `weights/unknown-heads` where the heads have to be asked for.
   */
  addModel(file: File, heads?: number): Promise<ModelEntry>;
  /** The same for a file at any address. Only to be called after the user agreed to contact that host. */
  addModelFromUrl(url: string, onProgress: OnProgress, heads?: number): Promise<ModelEntry>;
  /**
   * Downloads a remote model into the browser, resuming an earlier download. Only to be called after the user agreed to
   * contact its host. Rejects with `run/cancelled` once it is stopped.
   */
  download(id: string, onProgress: OnProgress): Promise<void>;
  /** Stops the download of a model or address; the stored part stays, to be resumed. */
  stopDownload(idOrUrl: string): Promise<void>;
  /** Files of weights that are kept, whole or in part. */
  stored(): Promise<StoredWeights[]>;
  /** Removes a kept file by its key. */
  removeStored(key: string): Promise<void>;
}

/** Minimum milliseconds between two progress reports. */
const PAUSE = 100;

/** Lets through one report in `PAUSE`, and always the last. */
function fewer(report: OnProgress): OnProgress {
  const due = throttled(PAUSE);
  return (progress) => {
    if (due() || progress.done >= progress.total) report(progress);
  };
}

const given = (heads: number | undefined) => (heads === undefined ? {} : { heads });

export function createModelsApi(library: Library): ModelsApi {
  const downloads = new Map<string, Scope>();

  const stop = async (name: string, reason: unknown) => downloads.get(name)?.close(reason);

  /** One download of a name at a time: a second call supersedes the first, and begins when that has ended. */
  async function following<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const before = stop(name, abortError());
    const scope = new Scope();
    const { signal } = scope;
    downloads.set(name, scope);
    const working = before.then(() => {
      signal.throwIfAborted();
      return work(signal);
    });
    scope.own(working, async () => void (await working.catch(() => undefined)));
    try {
      return await working;
    } catch (thrown) {
      throw signal.aborted ? signal.reason : asFailure(thrown);
    } finally {
      if (downloads.get(name) === scope) downloads.delete(name);
    }
  }

  return {
    models: () => library.entries(),
    addModel: (file, heads) => library.add(file, { keep: true, ...given(heads) }),
    addModelFromUrl: (url, onProgress, heads) =>
      following(url, (signal) =>
        library.addFromUrl(url, {
          signal,
          onProgress: fewer(onProgress),
          ...given(heads),
        }),
      ),
    download: (id, onProgress) =>
      following(id, (signal) => library.download(id, { signal, onProgress: fewer(onProgress) })),
    stopDownload: (name) => stop(name, failure('run/cancelled')),
    stored: () => library.stored(),
    removeStored: (key) => library.remove(key),
  };
}
