import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from '../../scripts/build.ts';
import { createLibrary, type Library } from '../../src/engine/model/library.ts';
import type { DownloadProgress } from '../../src/engine/weights/fetch.ts';
import type { ModelEntry, ModelFile } from '../../src/engine/weights/types.ts';
import { megabytes } from '../../src/lib/bytes.ts';
import { type Io, type Options, type Values, wholeNumber } from '../command.ts';
import type { Chosen } from '../engine.ts';
import { failure } from '../errors.ts';
import { duration } from '../progress.ts';
import { cacheFolder, type FolderStore, folderStore } from './cache.ts';
import { consent } from './consent.ts';

/** The options of every command that runs a model. */
export const modelOptions = {
  model: {
    type: 'string',
    value: 'ID|FILE|URL',
    help: 'a model that the app knows (unprompted models), or weights',
  },
  heads: { type: 'string', value: 'N', help: 'attention heads, where a file of weights does not give them' },
  yes: { type: 'boolean', short: 'y', help: 'agree to download the model' },
} satisfies Options;

type Typed = Values<Omit<typeof modelOptions, 'model'>>;

/** The models of the app and of the cache, on this machine. */
export interface Models {
  library: Library;
  store: FolderStore;
}

export function openModels(): Models {
  const store = folderStore(cacheFolder());
  const manifest = pathToFileURL(join(root, 'public/models/manifest.json')).href;
  const reach = async (url: string) => new Response(await readFile(fileURLToPath(url)));
  return { library: createLibrary(manifest, async () => store, reach), store };
}

export const isAddress = (asked: string): boolean => /^https?:\/\//.test(asked);

export async function weightFile(path: string): Promise<File> {
  return new File([await readFile(path)], basename(path));
}

/** `--heads` as a number. Throws `cli/usage`. */
export function typedHeads(command: string, { heads }: Typed): { heads?: number } {
  if (heads === undefined) return {};
  return { heads: wholeNumber(command, 'heads', heads) };
}

/** Shows a download on the progress line. */
const downloading =
  (name: string, io: Io) =>
  ({ done, total, bytesPerSecond, left }: DownloadProgress): void => {
    const of = total > 0 ? ` of ${megabytes(total)}` : '';
    const time = left === null ? '' : `, ${duration(left)} left`;
    io.progress(`downloading ${name}: ${megabytes(done)}${of}, ${megabytes(bytesPerSecond)}/s${time}`);
  };

/** Downloads a model's remote files into the cache, once the user agreed. */
export async function bring(library: Library, entry: ModelEntry, agreed: boolean, io: Io): Promise<void> {
  const { here, download, arrived } = await library.availability(entry);
  if (here) return;
  const { host } = new URL(entry.file.url);
  const { name, licence } = entry;
  await consent({ name, host, bytes: download - arrived, licence }, agreed, io);
  await library.download(entry.id, { signal: io.signal, onProgress: downloading(name, io) });
}

/** Adds the weights at an address, once the user agreed, unless they are in the cache already. */
export async function bringFrom(
  library: Library,
  url: string,
  options: { heads?: number; agreed: boolean },
  io: Io,
): Promise<ModelEntry> {
  const { heads, agreed } = options;
  const stored = (await library.stored()).find((file) => file.complete && file.url === url);
  if (!stored) {
    if (!URL.canParse(url)) throw failure('fetch/bad-address', { url });
    const licence = 'as its source says';
    await consent({ name: url, host: new URL(url).host, bytes: 0, licence }, agreed, io);
  }
  const download = { signal: io.signal, onProgress: downloading(url, io) };
  return library.addFromUrl(url, { ...download, ...(heads === undefined ? {} : { heads }) });
}

async function pathsOf({ library, store }: Models, entry: ModelEntry): Promise<Chosen['files']> {
  const path = async (file: ModelFile | undefined) => {
    const kept = file && (await library.kept(file));
    return kept && store.path(kept.key);
  };
  const [file, correlator] = [await path(entry.file), await path(entry.correlator)];
  return { ...(file ? { file } : {}), ...(correlator ? { correlator } : {}) };
}

/**
 * The model asked for: an id (the app's first by default), a file of weights, or an address. Remote weights are
 * downloaded into the cache once the user agrees.
 * @throws `cli/no-model`, `models/no-consent`, `weights/…`, `fetch/…`
 */
export async function chooseModel(
  command: string,
  asked: string | undefined,
  values: Typed,
  io: Io,
): Promise<Chosen> {
  const models = openModels();
  const { library } = models;
  const entries = await library.entries();
  const heads = typedHeads(command, values);
  const agreed = values.yes === true;
  const known = asked === undefined ? entries[0] : entries.find(({ id }) => id === asked);
  if (known) {
    await bring(library, known, agreed, io);
    return { asked, entry: known, files: await pathsOf(models, known) };
  }
  if (asked !== undefined && isAddress(asked)) {
    const entry = await bringFrom(library, asked, { ...heads, agreed }, io);
    return { asked, entry, files: await pathsOf(models, entry) };
  }
  const path = asked ?? '';
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    throw failure('cli/no-model', { name: path, known: entries.map(({ id }) => id).join(', ') });
  const entry = await library.add(await weightFile(path), { ...heads, keep: false });
  const own = entry.correlator ? { correlator: path } : { file: path };
  return { asked, entry, files: { ...(await pathsOf(models, entry)), ...own } };
}

/** The same for several models, each once. */
export async function chooseModels(
  command: string,
  asked: readonly (string | undefined)[],
  values: Typed,
  io: Io,
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const each of new Set(asked)) chosen.push(await chooseModel(command, each, values, io));
  return chosen;
}
