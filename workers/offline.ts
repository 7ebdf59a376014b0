/// <reference lib="webworker" />
import { ISOLATION, type OfflineFiles } from './offline-files.ts';

/**
 * The service worker: answers from a cache of this version's files, so that the page works without a network. Large
 * files come into the cache when they are first used. Whatever the server sends, the page is isolated (COOP, COEP), so
 * that it may use all cores.
 */
declare const self: ServiceWorkerGlobalScope;
/** Written by the build. */
declare const OFFLINE_FILES: OfflineFiles;

const { version, first, later } = OFFLINE_FILES;
const PREFIX = 'unprompted-files-';
const CACHE = PREFIX + version;
const scope = new URL('./', self.location.href);
const urlOf = (file: string): string => new URL(file, scope).href;
const page = urlOf('index.html');
const onDemand = new Set(later.map(urlOf));
const ready = new Set(first.map(urlOf));

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) =>
      // Past the browser's own cache: files without a hash in their name may have changed.
      cache.addAll([...ready].map((url) => new Request(url, { cache: 'no-cache' }))),
    ),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

/** Takes along what an earlier version had of files that are still the same, and drops the rest. */
async function takeOver(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const kept = hashed(request.url) && onDemand.has(request.url) && (await old.match(request));
      if (kept) await cache.put(request, kept);
    }
    await caches.delete(name);
  }
  await self.clients.claim();
}

/** Whether a file's name changes with its content. */
const hashed = (url: string): boolean => new URL(url).pathname.includes('/assets/');

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.headers.has('range')) return;
  const url = request.url.replace(/[?#].*$/, '');
  if (request.mode === 'navigate') {
    if (url === scope.href || url === page) event.respondWith(answer(event, page).then(isolated));
  } else if (ready.has(url) || onDemand.has(url)) {
    // Workers, and the threads that they start, have to ask for isolation themselves.
    event.respondWith(answer(event, url).then(isolated));
  }
});

/** A response of our own with the headers of isolation; also one that is no redirect, which no page may come from. */
function isolated(response: Response): Response {
  const { status, statusText, redirected } = response;
  if (!redirected && Object.keys(ISOLATION).every((name) => response.headers.has(name))) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status, statusText, headers });
}

/** Files on their way into the cache, by their address: done once they are there, or could not be kept. */
const arrivals = new Map<string, Promise<void>>();

/**
 * A file from the cache, or from the network into the cache. One that is asked for again while it is on its way comes
 * once: a run that is stopped and started again would else have the browser write the same file twice at a time, which
 * may fail.
 */
async function answer(event: ExtendableEvent, url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  for (;;) {
    const kept = await cache.match(url);
    if (kept) return kept;
    const earlier = arrivals.get(url);
    if (!earlier) break;
    await earlier;
  }
  // Not by the request itself: a page that stops listening would leave half a file in the cache.
  const response = fetch(url);
  const arrival = response
    .then((whole) => (whole.status === 200 ? cache.put(url, whole.clone()) : undefined))
    // Without a network, or room, whoever asked learns it from the response itself.
    .catch(() => undefined)
    .finally(() => arrivals.delete(url));
  arrivals.set(url, arrival);
  event.waitUntil(arrival);
  return response;
}

/** What the page asks for: to keep files that it used before this worker was there, or to let a new version in. */
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const asked = event.data as { keep?: string; renew?: boolean };
  if (asked.renew) event.waitUntil(self.skipWaiting());
  if (asked.keep !== undefined) event.waitUntil(keep(event, new RegExp(asked.keep)));
});

async function keep(event: ExtendableEvent, pattern: RegExp): Promise<void> {
  for (const url of onDemand) {
    if (!pattern.test(url)) continue;
    await answer(event, url);
    await arrivals.get(url);
  }
}
