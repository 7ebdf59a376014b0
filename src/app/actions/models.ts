import { proxy } from 'comlink';
import type { ModelEntry } from '../../engine/model/types.ts';
import type { Arrival } from '../../engine/weights/fetch.ts';
import { asFailure } from '../../lib/errors.ts';
import { workers } from '../connection.ts';
import { type Failure, type Headless, isHere, useModels } from '../stores/models.ts';
import { announce, showFailure, showInfo } from '../stores/notices.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { suggest } from './settings.ts';

/** Under which a file of the person's own fails. */
export const OWN = 'own';

const without = <V>(map: ReadonlyMap<string, V>, key: string) => new Map([...map].filter(([k]) => k !== key));

function told(key: string, failure: Failure | null): void {
  useModels.setState(({ failures }) => ({
    failures: failure ? new Map(failures).set(key, failure) : without(failures, key),
  }));
}

/** Tells a failure where it was asked for; over the page while the picker is closed. */
function fail(key: string, thrown: unknown): void {
  const { code, message: what, todo } = asFailure(thrown);
  if (code === 'run/cancelled') return;
  if (useModels.getState().open) told(key, { code, what, todo });
  else showFailure(thrown);
}

/** Learns anew which models there are, what they cost, and what is kept of them. */
export async function refreshModels(): Promise<void> {
  const { engine } = workers();
  const [models, costs, stored, space] = await Promise.all([
    engine.models(),
    engine.costs(useRun.getState().settings),
    // Where the browser keeps nothing, the picker shows nothing kept; adding to it tells why.
    engine.stored().catch(() => []),
    navigator.storage?.estimate?.(),
  ]);
  useRun.setState({ models });
  useModels.setState({
    costs: new Map(costs.map((cost) => [cost.id, cost])),
    stored,
    space: space?.quota ? { used: space.usage ?? 0, most: space.quota } : null,
  });
}

export const openModels: Action = {
  id: 'models',
  label: strings.actions.models,
  group: 'run',
  keys: ['w'],
  run: () => useModels.setState({ open: true, asking: null, failures: new Map() }),
};

/** Takes a model for this clip and those to come. */
export async function chooseModel(id: string): Promise<void> {
  usePreferences.setState({ model: id });
  const { settings } = useRun.getState();
  if (settings && settings.model !== id) await suggest(id, settings.device);
}

/** The model that clips are opened with: the one last chosen, where it is still here. */
export function preferredModel(): ModelEntry | undefined {
  const { models } = useRun.getState();
  const { costs } = useModels.getState();
  const { model } = usePreferences.getState();
  return models.find(({ id }) => id === model && isHere(costs, id)) ?? models[0];
}

/** Shows what a download would ask for; nothing is fetched yet. */
export function ask(idOrUrl: string | null): void {
  useModels.setState({ asking: idOrUrl });
}

/** Follows an arrival under `key`; undefined where it was stopped or failed, which is told. */
async function follow<T>(
  key: string,
  work: (onArrival: (arrival: Arrival) => void) => Promise<T>,
): Promise<T | undefined> {
  const set = (arrival: Arrival | null) =>
    useModels.setState(({ arrivals }) => ({ arrivals: new Map(arrivals).set(key, arrival) }));
  ask(null);
  told(key, null);
  set(null);
  try {
    return await work(proxy(set));
  } catch (thrown) {
    fail(key, thrown);
    return undefined;
  } finally {
    useModels.setState(({ arrivals }) => ({ arrivals: without(arrivals, key) }));
    await refreshModels().catch(showFailure);
  }
}

/** Brings a remote model: only to be called once the person has agreed, or goes on with what they agreed to. */
export async function download(id: string): Promise<void> {
  const arrived = await follow(id, async (onArrival) => {
    await workers().engine.arrive(id, onArrival);
    return true;
  });
  if (!arrived) return;
  const name = useRun.getState().models.find((entry) => entry.id === id)?.name ?? id;
  announce(strings.models.ready(name));
  await chooseModel(id);
}

/** Stops an arrival; what is here stays. */
export const pause = (idOrUrl: string): Promise<void> => workers().engine.stopArrival(idOrUrl);

/** Stops an arrival and throws away what has come of it. */
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

/** Removes a kept file. A model that needs it is no longer chosen. */
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

/** Reads a weight file and keeps it; with a clip open it is chosen at once. Heads that it cannot tell are asked for. */
export async function addFile(file: File, heads?: number): Promise<void> {
  told(OWN, null);
  await add(file, OWN, () => workers().engine.addModel(file, heads));
}

/** The same for what lies at an address of the hub: only to be called once the person has agreed. */
export async function addUrl(url: string, heads?: number): Promise<void> {
  await follow(url, (onArrival) =>
    add(url, url, () => workers().engine.addModelFromUrl(url, onArrival, heads)),
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
      // Asked the first time, refused the second.
      told(
        OWN,
        headless === weights ? { code: failure.code, what: failure.message, todo: failure.todo } : null,
      );
    }
  }
}
