import { type ProxyMarked, proxy } from 'comlink';
import type { Scope } from '../../lib/task.ts';
import { createExporter } from '../export/run/exporter.ts';
import { Journal } from '../follow/journal.ts';
import { sameSettings } from '../settings/settings.ts';
import type { Clip } from '../video/types.ts';
import type { ModelEntry } from '../weights/types.ts';
import type { ClipHandle, ModelCost } from './api.ts';
import { failure } from './errors.ts';
import { startFollowedRun } from './followed-run.ts';
import { type EngineContext, FollowedCache, type OpenClip } from './open-clip.ts';
import { estimateRun, follows, ownSettings, suggestSettings } from './plan.ts';
import type { RunResult } from './result.ts';
import { type Run, startRun } from './run.ts';
import { openStoredRun, recluster } from './stored-run.ts';
import { TokensCache } from './tokens-cache.ts';

/** How many results are kept with their distances, so that their masks can be restored exactly. */
const RECENT = 4;

/** The handle of `clip`, which `scope` owns. */
export function createClip(
  context: EngineContext,
  clip: Clip,
  files: readonly File[],
  scope: Scope,
): ClipHandle {
  const { library, devices } = context;
  const { info } = clip;
  const exports = createExporter(scope);
  const open: OpenClip = {
    ...context,
    clip,
    files,
    exports,
    tokens: new TokensCache(scope),
    followed: new FollowedCache(scope),
    journal: Promise.resolve(null),
  };
  /** The newest run, while it goes on, and the one whose masks are shown. */
  let running: Run | null = null;
  let shown: Pick<Run, 'scope'> | null = null;

  /** The last results, with the distances that edges are made from. These do not leave the worker. */
  const recent: RunResult[] = [];

  const show = (run: Pick<Run, 'scope'>) => {
    void shown?.scope.close();
    shown = run;
  };

  return proxy<Omit<ClipHandle, keyof ProxyMarked>>({
    info,

    async suggest(id, device) {
      const entry = await library.entry(id);
      const place = await devices.context(device);
      const settings = suggestSettings(info, entry, device);
      return { settings, estimate: estimateRun(info, settings, entry, place) };
    },

    async estimate(settings) {
      const entry = await library.entry(settings.model);
      return estimateRun(info, settings, entry, await devices.context(settings.device));
    },

    async costs(settings) {
      const place = await devices.context(settings.device);
      const costOf = async (entry: ModelEntry): Promise<ModelCost> => ({
        id: entry.id,
        ...(await library.availability(entry)),
        estimate: estimateRun(info, { ...settings, ...ownSettings(info, entry) }, entry, place),
      });
      return Promise.all((await library.entries()).map(costOf));
    },

    keepIn(place) {
      open.journal = context
        .openJournal(place)
        .then((file) => file && scope.own(new Journal(file), (journal) => journal.close()));
      // A clip that was closed meanwhile keeps nothing.
      open.journal.catch(() => undefined);
    },

    videoFormats: (quality) => exports.formats(clip, quality),

    run(settings, events, watched = false) {
      void running?.scope.close();
      const run = follows(settings)
        ? startFollowedRun(open, settings, events, scope, watched)
        : startRun(open, settings, events, scope);
      running = run;
      const ended = () => {
        if (running === run) running = null;
      };
      run.ready.then(
        () => show(run),
        () => undefined,
      );
      run.ended.then(({ whole }) => {
        ended();
        recent.unshift(whole);
        recent.splice(RECENT);
      }, ended);
      return run.handle;
    },

    restore(result) {
      void running?.scope.close();
      const whole = recent.find(({ settings }) => sameSettings(settings, result.settings));
      const run = openStoredRun(open, whole ?? result, scope);
      show(run);
      return run.handle;
    },

    recluster: (result, tau) => recluster(open, result, tau, scope),

    cancelExport: () => exports.cancel(failure('export/cancelled')),
    close: () => scope.close(),
  });
}
