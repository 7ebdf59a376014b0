import { keepNow } from './actions/keep.ts';
import { useClip } from './stores/clip.ts';
import { useHost } from './stores/host.ts';
import { showOffer } from './stores/notices.ts';
import { useRun } from './stores/run.ts';
import { strings } from './words/strings.ts';

/** Files of ONNX Runtime for each device, as the build names them. */
const RUNTIMES = {
  webgpu: 'ort-wasm-simd-threaded\\.asyncify.*\\.wasm$',
  wasm: 'ort-wasm-simd-threaded-[^.]*\\.wasm$',
} as const;

/**
 * Makes the page work without a network from its second visit on, and on all cores where its server does not isolate it;
 * offers newer versions of it.
 */
export function workOffline(): void {
  const { serviceWorker } = navigator;
  // Not there in private windows of some browsers, nor without https: the page works as ever, with a network.
  if (!serviceWorker) return;
  if (!crossOriginIsolated && !serviceWorker.controller) isolateOnce(serviceWorker);
  addEventListener('load', () => {
    serviceWorker.register(`${import.meta.env.BASE_URL}offline.js`).then(
      (registration) => {
        giveUpWithout(registration.installing);
        offerUpdates(registration);
      },
      (thrown) => {
        giveUp();
        console.warn('The page could not be made ready to work offline:', thrown);
      },
    );
  });
  // A worker started before the service worker fetched these past it.
  useRun.subscribe(({ result, restored }, before) => {
    if (!result || restored || result === before.result) return;
    const { device } = result.device;
    void serviceWorker.ready.then(({ active }) => {
      active?.postMessage({ keep: RUNTIMES[device] });
      active?.postMessage({ keep: `models/${result.settings.model}/` });
    });
  });
}

/**
 * Loads the page once more when the service worker has it, which then answers with the headers that isolate it. A page
 * that was reloaded stays as it is, so that no browser goes round in circles; one with a clip asks first.
 */
function isolateOnce(serviceWorker: ServiceWorkerContainer): void {
  const reloaded = performance
    .getEntriesByType('navigation')
    .some((entry) => entry instanceof PerformanceNavigationTiming && entry.type === 'reload');
  if (reloaded) return;
  useHost.setState({ cores: 'soon' });
  const taken = () => {
    if (useHost.getState().cores !== 'soon') return;
    const { info, opening } = useClip.getState();
    if (!info && (!opening || useHost.getState().linked)) {
      location.reload();
      return;
    }
    giveUp();
    const again = () => void keepNow().then(() => location.reload());
    showOffer(strings.offline.allCores, { label: strings.offline.reload, run: again });
  };
  serviceWorker.addEventListener('controllerchange', taken, { once: true });
}

/** What waits for isolation goes on without it. */
function giveUp(): void {
  if (useHost.getState().cores === 'soon') useHost.setState({ cores: 'one' });
}

function giveUpWithout(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    if (worker.state === 'redundant') giveUp();
  });
}

function offerUpdates(registration: ServiceWorkerRegistration): void {
  const offer = (worker: ServiceWorker) => {
    // The first one ever replaces nothing.
    if (!navigator.serviceWorker.controller) return;
    showOffer(strings.offline.update, {
      label: strings.offline.renew,
      run: () => {
        navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
        void keepNow().then(() => worker.postMessage({ renew: true }));
      },
    });
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') offer(worker);
    });
  });
}
