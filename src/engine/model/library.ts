import { failure } from '../errors.ts';
import { type FetchBytes, fromCorrelatorFile, fromFile, loadModel, type OnBytes } from './load.ts';
import { parseManifest } from './manifest.ts';
import type { Model, ModelEntry, ModelFile } from './types.ts';
import { type FetchOptions, fetchIntoStore, storeKey } from './weights/fetch.ts';
import { sha256Hex } from './weights/hash.ts';
import { openBrowserStore, readStored, type StoredFile, type WeightStore } from './weights/store.ts';

/** The models that a run can name: the manifest's, and those whose files a person added. */
export interface Library {
  entries(): Promise<ModelEntry[]>;
  /** Reads a file of weights, or of a trained correlator, and lists it under its own id. Throws `weights/...`. */
  add(file: File): Promise<ModelEntry>;
  /**
   * The model with this id, loaded once; a remote one only from what `arrive` has stored.
   * Throws `model/unknown`, `model/not-here`, `model/unreachable`, `weights/...`.
   */
  load(id: string, onBytes?: OnBytes, signal?: AbortSignal): Promise<Model>;
  /** Brings a remote model's file into the browser. To be called only after the person said so: it asks another host. */
  arrive(id: string, options?: FetchOptions): Promise<StoredFile>;
  /** Files of weights that the browser keeps, whole or in part. */
  stored(): Promise<StoredFile[]>;
  /** Removes a kept file by its key. */
  remove(key: string): Promise<void>;
}

/** A file with a whole address lies with another host; the others lie beside the manifest. */
const isRemote = ({ url }: ModelFile) => /^https?:/.test(url);

/** `manifestUrl`: where manifest.json lies; relative URLs in it are below its folder. `openStore`: where remote files are kept. */
export function createLibrary(
  manifestUrl: string,
  openStore: () => Promise<WeightStore> = openBrowserStore,
): Library {
  const added = new Map<string, Model>();
  const loaded = new Map<string, Model>();
  let manifest: Promise<ModelEntry[]> | null = null;

  const entriesOfManifest = () => {
    manifest ??= readManifest(manifestUrl);
    manifest.catch(() => {
      manifest = null;
    });
    return manifest;
  };

  const entryOf = async (id: string): Promise<ModelEntry> => {
    const entry = (await entriesOfManifest()).find((candidate) => candidate.id === id);
    if (!entry) throw failure('model/unknown', { id });
    return entry;
  };

  const fetchBytes: FetchBytes = async (file, onBytes, signal) => {
    if (isRemote(file)) {
      const kept = await readStored(await openStore(), await storeKey(file));
      if (!kept) throw failure('model/not-here', { host: new URL(file.url).host, bytes: file.bytes });
      return kept;
    }
    const bytes = await download(new URL(file.url, manifestUrl).href, file.bytes, onBytes, signal);
    const has = await sha256Hex(bytes);
    if (file.sha256 && has !== file.sha256)
      throw failure('weights/wrong-hash', { name: file.url, wants: file.sha256, has });
    return bytes;
  };

  const load: Library['load'] = async (id, onBytes, signal) => {
    const known = added.get(id) ?? loaded.get(id);
    if (known) return known;
    const model = await loadModel(await entryOf(id), fetchBytes, onBytes, signal);
    loaded.set(id, model);
    return model;
  };

  return {
    entries: async () => [...(await entriesOfManifest()), ...[...added.values()].map(({ entry }) => entry)],

    async add(file) {
      const model = (await fromCorrelatorFile(file, load)) ?? (await fromFile(file));
      added.set(model.entry.id, model);
      return model.entry;
    },

    load,

    arrive: async (id, options) => fetchIntoStore((await entryOf(id)).file, await openStore(), options),
    stored: async () => (await openStore()).list(),
    remove: async (key) => (await openStore()).remove(key),
  };
}

async function readManifest(url: string): Promise<ModelEntry[]> {
  const response = await reach(url);
  return parseManifest(await response.json());
}

async function reach(url: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (thrown) {
    signal?.throwIfAborted();
    throw failure('model/unreachable', { url, detail: String(thrown) }, { cause: thrown });
  }
  if (!response.ok) throw failure('model/unreachable', { url, detail: `status ${response.status}` });
  return response;
}

async function download(url: string, expected: number, onBytes: OnBytes, signal?: AbortSignal) {
  const response = await reach(url, signal);
  const bytes = new Uint8Array(expected);
  let done = 0;
  for await (const chunk of response.body ?? []) {
    if (done + chunk.length > expected)
      throw failure('weights/cut', { wants: expected, has: done + chunk.length });
    bytes.set(chunk, done);
    done += chunk.length;
    onBytes(done, expected);
  }
  if (done < expected) throw failure('weights/cut', { wants: expected, has: done });
  return bytes;
}
