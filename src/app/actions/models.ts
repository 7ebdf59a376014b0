import { proxy } from 'comlink';
import type { StoredWeights } from '../../engine/model/library.ts';
import type { DownloadProgress } from '../../engine/weights/fetch.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { UnpromptedError } from '../../lib/failure.ts';
import { inGroup } from '../model/action.ts';
import { type Headless, isHere, useModels } from '../stores/models.ts';
import { announce, remember, showBusy, showFailure, showInfo } from '../stores/notices.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { asFailure } from '../words/errors.ts';
import { modelInWords } from '../words/messages.ts';
import { strings } from '../words/strings.ts';
import { workers } from '../workers/connection.ts';
import { clip, clipIsOpen } from '../workers/engine.ts';
import { suggest } from './settings.ts';

const action = inGroup('run');

/** Key of failures of the user's own file. */
export const OWN = 'own';

const without = <V>(map: ReadonlyMap<string, V>, key: string) => new Map([...map].filter(([k]) => k !== key));

function setFailure(key: string, failure: UnpromptedError | null): void {
  if (failure) remember(failure);
  useModels.setState(({ failures }) => ({
    failures: failure ? new Map(failures).set(key, failure) : without(failures, key),
  }));
}

/** Shows a failure beside its model, or over the page while the picker is closed. */
function fail(key: string, thrown: unknown): void {
  const failure = asFailure(thrown);
  if (failure.code === 'run/cancelled') return;
  if (useModels.getState().open) setFailure(key, failure);
  else showFailure(thrown);
}

/** Refreshes the list of models, their costs, and which of them are stored. */
export async function refreshModels(): Promise<void> {
  const { engine } = workers();
  const { settings } = useRun.getState();
  const [models, costs, stored, space] = await Promise.all([
    engine.models(),
    settings && clipIsOpen() ? clip().costs(settings) : engine.costs(),
    // Where the browser stores nothing the list is empty; adding a model says why.
    engine.stored().catch(() => []),
    navigator.storage?.estimate?.(),
  ]);
  const worded = models.map(modelInWords);
  useRun.setState({ models: worded });
  useModels.setState({
    costs: new Map(costs.map((cost) => [cost.id, cost])),
    stored: stored.map((file) => ({ ...file, name: nameOf(file, worded) })),
    space: space?.quota ? { used: space.usage ?? 0, most: space.quota } : null,
  });
}

/** A kept file's name: its model's, where it is one's. */
const nameOf = ({ models: [of], name }: StoredWeights, models: readonly ModelEntry[]): string =>
  models.find(({ id }) => id === of)?.name ?? name;

export const openModels = action('models', ['w'], () =>
  useModels.setState({ open: true, asking: null, failures: new Map() }),
);

/** Chooses a model for this clip and later ones. */
export async function chooseModel(id: string): Promise<void> {
  usePreferences.setState({ model: id });
  const { settings } = useRun.getState();
  if (settings && settings.model !== id) await suggest(id, settings.device);
}

/** The model that clips are opened with: the last one chosen, if it is still stored. */
export function preferredModel(): ModelEntry | undefined {
  const { models } = useRun.getState();
  const { costs } = useModels.getState();
  const { model } = usePreferences.getState();
  return models.find(({ id }) => id === model && isHere(costs, id)) ?? models[0];
}

/** Shows what a download would fetch, without fetching it. */
export function ask(idOrUrl: string | null): void {
  useModels.setState({ asking: idOrUrl });
}

/** Shows the progress of a download under `key`; undefined where it was stopped or failed. */
async function follow<T>(
  key: string,
  work: (onProgress: (progress: DownloadProgress) => void) => Promise<T>,
): Promise<T | undefined> {
  const set = (progress: DownloadProgress | null) =>
    useModels.setState(({ downloads }) => ({ downloads: new Map(downloads).set(key, progress) }));
  ask(null);
  setFailure(key, null);
  set(null);
  try {
    return await work(proxy(set));
  } catch (thrown) {
    fail(key, thrown);
    return undefined;
  } finally {
    useModels.setState(({ downloads }) => ({ downloads: without(downloads, key) }));
    await refreshModels().catch(showFailure);
  }
}

/** Downloads a remote model. Only to be called once the user agreed, now or before. */
export async function download(id: string): Promise<void> {
  const stored = await follow(id, async (onProgress) => {
    await workers().engine.download(id, onProgress);
    return true;
  });
  if (!stored) return;
  const name = useRun.getState().models.find((entry) => entry.id === id)?.name ?? id;
  announce(strings.models.ready(name));
  await chooseModel(id);
}

/** Stops a download; the downloaded part stays. */
export const pause = (idOrUrl: string): Promise<void> => workers().engine.stopDownload(idOrUrl);

/** Stops a download and discards the downloaded part. */
export async function discard(idOrUrl: string): Promise<void> {
  try {
    await pause(idOrUrl);
    const partial = useModels
      .getState()
      .stored.filter(
        ({ models, url, complete }) => !complete && (models.includes(idOrUrl) || url === idOrUrl),
      );
    for (const { key } of partial) await workers().engine.removeStored(key);
    await refreshModels();
  } catch (thrown) {
    fail(idOrUrl, thrown);
  }
}

/** Removes a stored file. A model that needs it is no longer chosen. */
export async function remove(key: string): Promise<void> {
  const removed = useModels.getState().stored.find((file) => file.key === key);
  try {
    await workers().engine.removeStored(key);
    await refreshModels();
  } catch (thrown) {
    fail(OWN, thrown);
    return;
  }
  const { settings, models } = useRun.getState();
  if (removed?.models.includes(usePreferences.getState().model ?? ''))
    usePreferences.setState({ model: null });
  if (settings && removed?.models.includes(settings.model) && models[0]) await chooseModel(models[0].id);
}

/** Reads a weight file and stores it; with a clip open it is chosen at once. Asks for heads that the file does not give. */
export async function addFile(file: File, heads?: number): Promise<void> {
  setFailure(OWN, null);
  // A large file takes a while.
  const read = showBusy(strings.models.reading(file.name));
  await add(file, OWN, () => workers().engine.addModel(file, heads).finally(read));
}

/** The same for a file at an address of the hub. Only to be called once the user agreed. */
export async function addUrl(url: string, heads?: number): Promise<void> {
  await follow(url, (onProgress) =>
    add(url, url, () => workers().engine.addModelFromUrl(url, onProgress, heads)),
  );
}

async function add(weights: Headless, key: string, work: () => Promise<ModelEntry>): Promise<void> {
  try {
    const entry = await work();
    useModels.setState({ headless: null });
    await refreshModels();
    showInfo(strings.models.ready(entry.name));
    await chooseModel(entry.id);
  } catch (thrown) {
    const failure = asFailure(thrown);
    const { headless } = useModels.getState();
    if (failure.code !== 'weights/unknown-heads') fail(key, thrown);
    else {
      useModels.setState({ open: true, headless: weights });
      // Asks the first time, refuses the second.
      setFailure(OWN, headless === weights ? failure : null);
    }
  }
}
