import { keepNow } from './actions/keep.ts';
import { showOffer } from './stores/notices.ts';
import { useRun } from './stores/run.ts';
import { strings } from './words/strings.ts';

/** Files of ONNX Runtime for each device, as the build names them. */
const RUNTIMES = {
  webgpu: 'ort-wasm-simd-threaded\\.asyncify.*\\.wasm$',
  wasm: 'ort-wasm-simd-threaded-[^.]*\\.wasm$',
} as const;

/** Makes the page work without a network from its second visit on, and offers newer versions of it. */
export function workOffline(): void {
  const { serviceWorker } = navigator;
  // Not there in private windows of some browsers: the page works as ever, with a network.
  if (!serviceWorker) return;
  addEventListener('load', () => {
    serviceWorker.register(`${import.meta.env.BASE_URL}offline.js`).then(offerUpdates, (thrown) => {
      console.warn('The page could not be made ready to work offline:', thrown);
    });
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
