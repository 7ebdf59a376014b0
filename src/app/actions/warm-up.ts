import { useClip } from '../stores/clip.ts';
import { workers } from '../workers/connection.ts';
import { preferredModel, refreshModels } from './models.ts';

/** Milliseconds that the first screen has for itself. */
const TIMEOUT = 1000;

/** Whether the browser was asked to load little. */
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

/** Readies the engine while the first screen is looked at: a first clip then has its masks some seconds sooner. */
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
