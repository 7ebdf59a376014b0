import { useClip } from '../stores/clip.ts';
import { workers } from '../workers/connection.ts';
import { preferredModel, refreshModels } from './models.ts';

/** Milliseconds before the warm-up begins, so that the first screen comes first. */
const TIMEOUT = 1000;

/** Whether the user asked the browser to save data. */
const savesData = (): boolean =>
  (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: TIMEOUT });
    else setTimeout(resolve, TIMEOUT);
  });

const isFree = (): boolean => {
  const { info, opening } = useClip.getState();
  return info === null && !opening;
};

/** Warms the engine up while the user reads the first screen: a first clip then has its masks some seconds sooner. */
export async function warmUp(): Promise<void> {
  if (savesData()) return;
  await idle();
  try {
    if (isFree()) await refreshModels();
    const model = preferredModel();
    if (model && isFree()) await workers().engine.warmUp(model.id);
  } catch {
    // A clip was opened meanwhile; or the first run fails in the same way, and says why.
  }
}
