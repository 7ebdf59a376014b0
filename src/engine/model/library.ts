import { type FetchOptions, fetchIntoStore, storeKey } from '../weights/fetch.ts';
import { sha256Hex } from '../weights/hash.ts';
import { readMotionWeights } from '../weights/motion.ts';
import {
  askToPersist,
  openBrowserStore,
  readStored,
  type StoredFile,
  storeFile,
  type WeightStore,
} from '../weights/store.ts';
import type { ModelEntry, ModelFile, MotionEntry, Weights } from '../weights/types.ts';
import { failure, isFailure } from './errors.ts';
import { type FetchBytes, fromFile, loadModel, type OnBytes } from './load.ts';
import { parseManifest, parseMotion } from './manifest.ts';
import type { Model } from './types.ts';

/** A file of weights that is kept, whole or in part, as a user is shown it. */
export interface StoredWeights {
  /** What `remove` takes. */
  key: string;
  name: string;
  url: string;
  bytes: number;
  /** Bytes that are here. */
  arrived: number;
  complete: boolean;
  /** Whether its hash was compared with one that its host or the manifest gave; of no meaning before it is complete. */
  verified: boolean;
  /** Ids of the models that need it. */
  models: string[];
}

/** How much of a model is here. */
export interface Availability {
  here: boolean;
  /** Whether the hash of all that is kept of it was compared with one that its host or the manifest gave. */
  verified: boolean;
  /** Bytes to fetch in all, 0 for a model that never has to be fetched; and those that are stored. */
  download: number;
  arrived: number;
}

export interface AddOptions {
  /** Attention heads, where the file does not give them and the user did. */
  heads?: number;
  /** Whether the file is kept for later visits. */
  keep: boolean;
}

/** The models that a run can name: the manifest's, and those whose files a user added. */
export interface Library {
  entries(): Promise<ModelEntry[]>;
  /** Throws `model/unknown`. */
  entry(id: string): Promise<ModelEntry>;
  /** A file that is in the store, whole or in part. */
  kept(file: ModelFile): Promise<StoredFile | undefined>;
  /** How much of a model is here. */
  availability(entry: ModelEntry): Promise<Availability>;
  /**
   * Reads a file of weights, or of a trained correlator, and lists it under its own id.
   * Throws `weights/...` and, where it is to be kept, `store/...`.
   */
  add(file: File, options: AddOptions): Promise<ModelEntry>;
  /**
   * Fetches a file of weights from any address and lists it as `add` does. Where `weights/unknown-heads` is thrown the
   * file stays, and the next call with the heads reads it without the network.
   */
  addFromUrl(url: string, options?: FetchOptions & { heads?: number }): Promise<ModelEntry>;
  /**
   * The model with this id; the latest one is held in memory. Remote files only from what `download` has stored.
   * Throws `model/unknown`, `model/not-here`, `model/unreachable`, `weights/...`.
   */
  load(id: string, onBytes?: OnBytes, signal?: AbortSignal): Promise<Model>;
  /**
   * The weights of the manifest's motion net, by its tensors' names; read once.
   * Throws `model/bad-manifest`, `model/unreachable`, `weights/...`.
   */
  motion(onBytes?: OnBytes, signal?: AbortSignal): Promise<Weights>;
  /** Brings a model's remote files into the store. To be called only after the user said so: it asks another host. */
  download(id: string, options?: FetchOptions): Promise<void>;
  /** Files of weights that are kept, whole or in part. Throws `store/unavailable`. */
  stored(): Promise<StoredWeights[]>;
  /** Removes a kept file by its key. */
  remove(key: string): Promise<void>;
}

/** Gets what lies at a URL, as `fetch` does. */
type Reach = (url: string, init: { signal?: AbortSignal }) => Promise<Response>;

/** A file with a whole address lies with another host; the others lie beside the manifest. */
const isRemote = ({ url }: ModelFile) => /^https?:/.test(url);

const filesOf = ({ file, correlator }: ModelEntry): ModelFile[] => (correlator ? [file, correlator] : [file]);

const has = (stored: StoredFile, key: string, file: ModelFile) =>
  stored.key === key || (stored.complete && stored.sha256 === file.sha256);

/**
 * `manifestUrl`: where manifest.json lies; relative URLs in it are below its folder. `openStore`: where remote and added
 * files are kept. `reach`: how the manifest and the files beside it are read.
 */
export function createLibrary(
  manifestUrl: string,
  openStore: () => Promise<WeightStore> = openBrowserStore,
  reach: Reach = fetch,
): Library {
  /** Models whose files are not kept. */
  const passing = new Map<string, Model>();
  let loaded: Model | null = null;
  let motion: Weights | null = null;
  let manifest: Promise<Manifest> | null = null;

  const manifestOnce = () => {
    manifest ??= readManifest(manifestUrl, reach);
    manifest.catch(() => {
      manifest = null;
    });
    return manifest;
  };
  const entriesOfManifest = async () => (await manifestOnce()).models;

  /** Kept files; none where the browser keeps nothing, which `stored` and `download` report. */
  const kept = async (): Promise<StoredFile[]> => {
    try {
      return await (await openStore()).list();
    } catch (thrown) {
      if (isFailure(thrown, 'store/unavailable')) return [];
      throw thrown;
    }
  };

  const entries = async (): Promise<ModelEntry[]> => {
    const added = (await kept()).flatMap(({ entry }) => entry ?? []);
    return [...(await entriesOfManifest()), ...added, ...[...passing.values()].map(({ entry }) => entry)];
  };

  const entryOf = async (id: string): Promise<ModelEntry> => {
    const named = (candidate: ModelEntry) => candidate.id === id;
    const entry = (await entriesOfManifest()).find(named) ?? (await entries()).find(named);
    if (!entry) throw failure('model/unknown', { id });
    return entry;
  };

  const keptFile = async (file: ModelFile): Promise<StoredFile | undefined> => {
    const key = await storeKey(file);
    return (await kept()).find((stored) => has(stored, key, file));
  };

  const fetchBytes: FetchBytes = async (file, onBytes, signal) => {
    const stored = await keptFile(file);
    const bytes = stored && (await readStored(await openStore(), stored.key));
    if (bytes) {
      onBytes(bytes.length, bytes.length);
      return bytes;
    }
    if (isRemote(file)) throw failure('model/not-here', { host: new URL(file.url).host, bytes: file.bytes });
    const response = await ask(reach, new URL(file.url, manifestUrl).href, signal);
    return download(response, file, onBytes, signal);
  };

  const load: Library['load'] = async (id, onBytes, signal) => {
    const known = passing.get(id) ?? (loaded?.entry.id === id ? loaded : null);
    if (known) return known;
    loaded = await loadModel(await entryOf(id), fetchBytes, onBytes, signal);
    return loaded;
  };

  const read = (file: File, heads?: number) =>
    fromFile(file, { load, ...(heads === undefined ? {} : { heads }) });

  return {
    entries,
    entry: entryOf,
    kept: keptFile,
    load,

    async motion(onBytes = () => {}, signal) {
      if (motion) return motion;
      const { file } = (await manifestOnce()).motion();
      motion = readMotionWeights(await fetchBytes(file, onBytes, signal));
      return motion;
    },

    async availability(entry) {
      const availability: Availability = { here: true, verified: true, download: 0, arrived: 0 };
      for (const file of filesOf(entry).filter(isRemote)) {
        const stored = await keptFile(file);
        availability.here &&= stored?.complete ?? false;
        availability.verified &&= stored?.verified ?? false;
        availability.download += file.bytes;
        if (stored) availability.arrived += await (await openStore()).size(stored.key);
      }
      return availability;
    },

    async add(file, { heads, keep }) {
      const model = await read(file, heads);
      const { entry } = model;
      if (!keep) {
        passing.set(entry.id, model);
        return entry;
      }
      const { bytes, sha256 } = entry.correlator ?? entry.file;
      await storeFile(await openStore(), file, {
        key: sha256!,
        url: file.name,
        bytes,
        complete: true,
        sha256: sha256!,
        verified: true,
        entry,
      });
      await askToPersist();
      loaded = model;
      return entry;
    },

    async addFromUrl(url, { heads, ...options } = {}) {
      if (!/^https?:\/\/[^/]+\/./.test(url) || !URL.canParse(url))
        throw failure('fetch/bad-address', { url });
      const store = await openStore();
      const stored = await fetchIntoStore({ url, bytes: 0 }, store, options);
      try {
        const bytes = (await readStored(store, stored.key)) as Uint8Array<ArrayBuffer>;
        const model = await read(new File([bytes], nameOf(url)), heads);
        const own = { url, bytes: stored.bytes, sha256: stored.sha256 };
        const part = model.entry.correlator ? { correlator: own } : { file: own };
        const entry: ModelEntry = { ...model.entry, ...part, source: url };
        await store.record({ ...stored, entry });
        await askToPersist();
        loaded = { ...model, entry };
        return entry;
      } catch (thrown) {
        // A file that is no model is of no use to anyone; one that only lacks its heads is.
        const lacksHeads = isFailure(thrown, 'weights/unknown-heads');
        if (!lacksHeads) await store.remove(stored.key);
        throw thrown;
      }
    },

    async download(id, { onProgress = () => {}, ...options } = {}) {
      const files = filesOf(await entryOf(id)).filter(isRemote);
      const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
      const store = await openStore();
      await askToPersist();
      let before = 0;
      for (const file of files) {
        const stored = await fetchIntoStore(file, store, {
          ...options,
          onProgress: (progress) => {
            const done = before + progress.done;
            const rest = (total - done) / progress.bytesPerSecond;
            onProgress({ ...progress, done, total, left: progress.left === null ? null : rest });
          },
        });
        before += stored.bytes;
      }
    },

    async stored() {
      const store = await openStore();
      const known = await entries();
      const owners = async (stored: StoredFile) => {
        const of: ModelEntry[] = [];
        for (const entry of known) {
          for (const file of filesOf(entry)) if (has(stored, await storeKey(file), file)) of.push(entry);
        }
        return of;
      };
      return Promise.all(
        (await store.list()).map(async (stored) => {
          const of = await owners(stored);
          const { key, url, bytes, complete, verified } = stored;
          const name = stored.entry?.name ?? of[0]?.name ?? nameOf(url);
          const arrived = await store.size(key);
          return { key, name, url, bytes, arrived, complete, verified, models: of.map(({ id }) => id) };
        }),
      );
    },

    async remove(key) {
      await (await openStore()).remove(key);
      loaded = null;
    },
  };
}

/** What a file at an address is called: the repository on a hub, where every file has the same name, else its own. */
function nameOf(url: string): string {
  const repository = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:resolve|raw)\//.exec(url)?.[1];
  return (
    repository ??
    decodeURIComponent(
      url
        .replace(/[?#].*$/, '')
        .split('/')
        .at(-1)!,
    )
  );
}

interface Manifest {
  models: ModelEntry[];
  /** Throws `model/bad-manifest`: a list of models alone is enough for runs without motion. */
  motion: () => MotionEntry;
}

async function readManifest(url: string, reach: Reach): Promise<Manifest> {
  const value: unknown = await (await ask(reach, url)).json();
  return { models: parseManifest(value), motion: () => parseMotion(value) };
}

async function ask(reach: Reach, url: string, signal?: AbortSignal): Promise<Response> {
  const response = await reach(url, signal ? { signal } : {}).catch((thrown) =>
    unreachable(url, thrown, signal),
  );
  const { ok, status } = response;
  if (!ok) throw failure('model/unreachable', { url, detail: { code: 'status', params: { status } } });
  return response;
}

function unreachable(url: string, thrown: unknown, signal?: AbortSignal): never {
  signal?.throwIfAborted();
  throw failure('model/unreachable', { url, detail: { says: String(thrown) } }, { cause: thrown });
}

async function download(
  response: Response,
  file: ModelFile,
  onBytes: OnBytes,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { url, bytes: expected, sha256: wants } = file;
  const bytes = new Uint8Array(expected);
  let done = 0;
  try {
    for await (const chunk of response.body ?? []) {
      done += chunk.length;
      if (done > expected) break;
      bytes.set(chunk, done - chunk.length);
      onBytes(done, expected);
    }
  } catch (thrown) {
    unreachable(url, thrown, signal);
  }
  if (done > expected) throw failure('weights/cut', { wants: expected, has: done });
  if (done < expected) throw failure('weights/cut', { wants: expected, has: done });
  const has = await sha256Hex(bytes);
  if (wants && has !== wants) throw failure('weights/wrong-hash', { name: url, wants, has });
  return bytes;
}
