import { asFailure, failure } from '../../lib/errors.ts';
import type { Library, StoredWeights } from '../model/library.ts';
import type { ModelEntry } from '../model/types.ts';
import type { Arrival } from '../weights/fetch.ts';

type OnArrival = (arrival: Arrival) => void;

/** What the page and the command line can do with models: the part of EngineApi that needs no clip. */
export interface ModelsApi {
  /** The manifest's models, here or not, then those that a person added. */
  models(): Promise<ModelEntry[]>;
  /**
   * Reads a weight file that a person gave and keeps it under its hash for later visits; its entry's id is what
   * RunSettings.model takes. Throws `weights/unknown-heads` where the heads have to be asked for.
   */
  addModel(file: File, heads?: number): Promise<ModelEntry>;
  /** The same for a file at any address. To be called only after the person agreed to ask that host. */
  addModelFromUrl(url: string, onArrival: OnArrival, heads?: number): Promise<ModelEntry>;
  /**
   * Brings a remote model into the browser, going on from what an earlier call left. To be called only after the
   * person agreed to ask its host. Rejects with `run/cancelled` once it is stopped.
   */
  arrive(id: string, onArrival: OnArrival): Promise<void>;
  /** Stops the arrival of a model or address; what has arrived stays, for later. */
  stopArrival(idOrUrl: string): Promise<void>;
  /** Files of weights that are kept, whole or in part. */
  stored(): Promise<StoredWeights[]>;
  /** Removes a kept file by its key. */
  removeStored(key: string): Promise<void>;
}

/** Milliseconds between two words on an arrival. */
const PAUSE = 100;

/** Lets through one call in `PAUSE`, and always what completes. */
function sparingly(tell: OnArrival, now = () => performance.now()): OnArrival {
  let last = Number.NEGATIVE_INFINITY;
  return (arrival) => {
    if (arrival.done < arrival.total && now() - last < PAUSE) return;
    last = now();
    tell(arrival);
  };
}

const given = (heads: number | undefined) => (heads === undefined ? {} : { heads });

export function createModelsApi(library: Library): ModelsApi {
  const arrivals = new Map<string, { controller: AbortController; ended: Promise<unknown> }>();

  async function stopArrival(name: string): Promise<void> {
    const arrival = arrivals.get(name);
    arrival?.controller.abort();
    await arrival?.ended;
  }

  /** One arrival a name at a time: a second call takes the first one's place. */
  async function following<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const before = stopArrival(name);
    const controller = new AbortController();
    const working = before.then(() => {
      controller.signal.throwIfAborted();
      return work(controller.signal);
    });
    const arrival = { controller, ended: working.catch(() => undefined) };
    arrivals.set(name, arrival);
    try {
      return await working;
    } catch (thrown) {
      throw controller.signal.aborted ? failure('run/cancelled') : asFailure(thrown);
    } finally {
      if (arrivals.get(name) === arrival) arrivals.delete(name);
    }
  }

  return {
    models: () => library.entries(),
    addModel: (file, heads) => library.add(file, { keep: true, ...given(heads) }),
    addModelFromUrl: (url, onArrival, heads) =>
      following(url, (signal) =>
        library.addFromUrl(url, {
          signal,
          onArrival: sparingly(onArrival),
          ...given(heads),
        }),
      ),
    arrive: (id, onArrival) =>
      following(id, (signal) => library.arrive(id, { signal, onArrival: sparingly(onArrival) })),
    stopArrival,
    stored: () => library.stored(),
    removeStored: (key) => library.remove(key),
  };
}
