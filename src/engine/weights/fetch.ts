import { joined } from '../../lib/arrays.ts';
import { UnpromptedError } from '../../lib/failure.ts';
import { delay, within } from '../../lib/task.ts';
import { failure } from './errors.ts';
import { sha256Hex, streamingSha256 } from './hash.ts';
import { demandReadable, MOST_BYTES } from './read.ts';
import { PART_BYTES, type StoredFile, type WeightStore } from './store.ts';
import type { ModelFile } from './types.ts';

/** Progress of a download. */
export interface DownloadProgress {
  done: number;
  /** 0 where the host does not say. */
  total: number;
  /** Since this call began. */
  bytesPerSecond: number;
  /** Seconds; null until it can be estimated. */
  left: number | null;
}

export interface FetchOptions {
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
  /** Seconds without a byte after which the connection counts as cut. */
  timeout?: number;
  /** Seconds before the first retry; each further one waits twice as long. */
  pause?: number;
  /** Bytes above which a file is not taken. */
  most?: number;
}

/** Cuts in a row without a single new byte after which it is given up. */
const RETRIES = 3;

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The SHA-256 that the hub sends in a header, where it is one (small files have a SHA-1 there). A plain `etag` is
 * never taken for it: the hub's storage has an id of its own there, which looks just like a SHA-256.
 */
function hashInHeaders(headers: Headers): string | null {
  const value = headers.get('x-linked-etag')?.replaceAll('"', '');
  return value && SHA256.test(value) ? value : null;
}

/**
 * The SHA-256 that the hub keeps of a large file. Its download redirects, and a page may not read the headers of
 * a redirect, but `/raw/` gives the pointer that stands in the repository in the file's place.
 */
async function hashOfPointer(url: string, signal?: AbortSignal): Promise<string | null> {
  if (!url.includes('/resolve/')) return null;
  try {
    const response = await fetch(url.replace('/resolve/', '/raw/'), signal ? { signal } : {});
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > 1000) {
      await response.body?.cancel();
      return null;
    }
    return /^oid sha256:([0-9a-f]{64})$/m.exec(await response.text())?.[1] ?? null;
  } catch {
    // The pointer is a help, no more: the download itself shows whether the host can be reached.
    signal?.throwIfAborted();
    return null;
  }
}

/** When a host that had too many requests wants the next one: the hub has its own header for that, `…;t=SECONDS`. */
const waitOf = ({ headers }: Response) =>
  headers.get('retry-after') ?? /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] ?? null;

function refusal(response: Response, url: string) {
  const { host } = new URL(url);
  switch (response.status) {
    case 401:
    case 403:
      return failure('fetch/forbidden', { host });
    case 404:
      return failure('fetch/not-found', { url });
    case 429:
      return failure('fetch/too-many', { host, wait: waitOf(response) });
    default:
      return failure('fetch/refused', { host, status: response.status });
  }
}

/** What the body of a response is of the whole file. */
interface Body {
  from: number;
  /** null where the host does not say. */
  total: number | null;
  stream: ReadableStream<Uint8Array>;
  hash: string | null;
}

/**
 * Asks for the bytes from `from` on. A host that knows no ranges, or not this one, sends the whole file: then the
 * body's `from` is 0. Where a page may not read `content-range`, the total follows from the length of the rest.
 */
async function request(
  url: string,
  from: number,
  connection: AbortController,
  timeout: number,
): Promise<Body> {
  const { signal } = connection;
  const silence = setTimeout(() => connection.abort(new TypeError('no answer for too long')), timeout * 1000);
  const headersOf = from > 0 ? { headers: { Range: `bytes=${from}-` } } : {};
  const response = await fetch(url, { signal, ...headersOf }).finally(() => clearTimeout(silence));
  const { status, headers, body: stream } = response;
  if (status === 416 && from > 0) {
    await stream?.cancel();
    return request(url, 0, connection, timeout);
  }
  if ((status !== 200 && status !== 206) || !stream) {
    await stream?.cancel();
    throw refusal(response, url);
  }
  const hash = hashInHeaders(headers);
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && range) return { from: Number(range[1]), total: Number(range[2]), stream, hash };
  const start = status === 206 ? from : 0;
  const length = headers.get('content-length');
  return { from: start, total: length === null ? null : start + Number(length), stream, hash };
}

/** Chunks of a stream; throws when none comes for `timeout` seconds. */
async function* withTimeout(stream: ReadableStream<Uint8Array>, timeout: number): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await within(1000 * timeout, reader.read());
      if (!next) throw new TypeError('no byte for too long');
      const { value, done } = next;
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

const isNetwork = (thrown: unknown) =>
  thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name === 'NetworkError');

/** One file on its way into the store: its bytes so far, and their hash. */
class Download {
  #hash = streamingSha256();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #done = 0;
  #fresh = 0;
  readonly #began = performance.now();

  constructor(
    readonly store: WeightStore,
    readonly key: string,
  ) {}

  get done() {
    return this.#done;
  }

  /** Hashes what an earlier call left in the store. */
  async catchUp(): Promise<void> {
    for await (const part of this.store.parts(this.key)) {
      this.#hash.update(part);
      this.#done += part.length;
    }
  }

  async startOver(): Promise<void> {
    await this.store.remove(this.key);
    this.#hash = streamingSha256();
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#done = 0;
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    this.#done += chunk.length;
    this.#fresh += chunk.length;
    if (this.#pendingBytes >= PART_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const part = joined(Uint8Array, this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.store.append(this.key, part);
  }

  report(total: number): DownloadProgress {
    const seconds = (performance.now() - this.#began) / 1000;
    const bytesPerSecond = seconds > 0 ? this.#fresh / seconds : 0;
    const left = bytesPerSecond > 0 && total > 0 ? (total - this.#done) / bytesPerSecond : null;
    return { done: this.#done, total, bytesPerSecond, left };
  }

  hex = () => this.#hash.hex();
}

/** The key under which a file is kept: its hash where the manifest gives it, else a mark of its URL. */
export async function storeKey({ sha256, url }: ModelFile): Promise<string> {
  return sha256 ?? `url-${await sha256Hex(new TextEncoder().encode(url))}`;
}

/** Failures after which another call cannot resume from what is stored. */
const USELESS: ReadonlySet<string> = new Set(['weights/wrong-hash', 'weights/too-large']);

/**
 * Brings a file into the store, streamed and hashed on its way, and gives its record. What an earlier call left is
 * kept; a connection that is cut is taken up again by range. The hash is compared with the manifest's or the host's.
 * @throws `fetch/unreachable`, `fetch/cut`, `fetch/forbidden`, `fetch/not-found`, `fetch/too-many`, `fetch/refused`,
 * `fetch/wrong-length`, `weights/too-large`, `weights/wrong-hash`, `store/full`, `run/cancelled`
 */
export async function fetchIntoStore(
  file: ModelFile,
  store: WeightStore,
  options: FetchOptions = {},
): Promise<StoredFile> {
  const key = await storeKey(file);
  const kept = await store.find(key);
  if (kept?.complete) return kept;
  try {
    return await bring(file, key, store, options);
  } catch (thrown) {
    // Keep a partial download for resuming; delete an empty or unusable one.
    const useless = thrown instanceof UnpromptedError && USELESS.has(thrown.code);
    if (useless || (await store.size(key)) === 0) await store.remove(key);
    throw thrown;
  }
}

async function bring(
  file: ModelFile,
  key: string,
  store: WeightStore,
  { onProgress = () => {}, signal, timeout = 30, pause = 1, most = MOST_BYTES }: FetchOptions,
): Promise<StoredFile> {
  const { url } = file;
  const { host } = new URL(url);
  const kept = await store.find(key);
  let record = kept ?? { key, url, bytes: file.bytes, complete: false, sha256: '', verified: false };
  if (!kept) await store.record(record);
  let expected = file.sha256 ?? (await hashOfPointer(url, signal));

  const download = new Download(store, key);
  await download.catchUp();
  // All may be there already, where the tab was closed just before the record was.
  let complete = download.done > 0 && download.done === record.bytes;
  /** Cuts since the last new byte. */
  let cuts = 0;
  while (!complete) {
    const before = download.done;
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      if (signal?.aborted) throw failure('run/cancelled');
      const body = await request(url, download.done, connection, timeout);
      expected ??= body.hash;
      const total = body.total ?? file.bytes;
      demandReadable(url, total, most);
      if (total !== record.bytes || body.from !== download.done) {
        // Another length is another file: the parts of the first one are worth nothing.
        if (download.done > 0) await download.startOver();
        record = { ...record, bytes: total };
        await store.record(record);
        if (body.from > 0) continue;
      }
      for await (const chunk of withTimeout(body.stream, timeout)) {
        if (signal?.aborted) throw failure('run/cancelled');
        if (body.total !== null && download.done + chunk.length > body.total)
          throw failure('fetch/wrong-length', { url, wants: body.total });
        // A host that does not say how much it sends could send without end.
        demandReadable(url, download.done + chunk.length, most);
        await download.take(chunk);
        onProgress(download.report(total));
      }
      complete = body.total === null || download.done === body.total;
      if (!complete) throw new TypeError('the stream ended early');
    } catch (thrown) {
      if (signal?.aborted) throw failure('run/cancelled');
      if (!isNetwork(thrown)) throw thrown;
      cuts = download.done > before ? 1 : cuts + 1;
      if (cuts > RETRIES) {
        const { done } = download;
        if (done === 0) throw failure('fetch/unreachable', { host }, { cause: thrown });
        throw failure('fetch/cut', { host, done, total: record.bytes }, { cause: thrown });
      }
      // Once it is stopped, the next try says so.
      await delay(1000 * pause * 2 ** (cuts - 1), signal).catch(() => undefined);
    } finally {
      signal?.removeEventListener('abort', stop);
      connection.abort();
      await download.flush();
    }
  }

  const sha256 = download.hex();
  if (expected && sha256 !== expected)
    throw failure('weights/wrong-hash', { name: url, wants: expected, has: sha256 });
  const stored = { ...record, bytes: download.done, complete: true, sha256, verified: expected !== null };
  await store.record(stored);
  return stored;
}
