import { useClip } from '../stores/clip.ts';
import { showInfo } from '../stores/notices.ts';
import { useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { redo as redoEdit, undo as undoEdit } from './edits.ts';

export const help: Action = {
  id: 'help',
  label: strings.actions.help,
  group: 'file',
  keys: ['?'],
  run: () => useView.setState({ help: true }),
};

export const undo: Action = {
  id: 'undo',
  label: strings.actions.undo,
  group: 'file',
  keys: ['Mod+z'],
  enabled: () => useObjects.getState().history.past.length > 0,
  run: undoEdit,
};

export const redo: Action = {
  id: 'redo',
  label: strings.actions.redo,
  group: 'file',
  keys: ['Mod+Shift+z', 'Mod+y'],
  enabled: () => useObjects.getState().history.future.length > 0,
  run: redoEdit,
};

/** Everything that a report of a fault should hold, without the clip's content or name. */
function diagnostics(): string {
  const { device, settings, estimate, result } = useRun.getState();
  const { info } = useClip.getState();
  const clip = info && {
    container: info.container,
    codec: info.codec,
    size: [info.width, info.height],
    frames: info.frameCount,
    seconds: info.duration,
    rotation: info.rotation,
    bytes: info.bytes,
  };
  const run = result && {
    settings: result.settings,
    frames: result.frames.length,
    grid: result.grid,
    clusters: result.clustering.clusters,
    levels: result.clustering.levels.map((level) => level.clusters),
    pairs: result.clustering.pairs,
    times: result.times,
    memory: result.memory,
    device: result.device,
  };
  const page = {
    agent: navigator.userAgent,
    isolated: crossOriginIsolated,
    screen: [innerWidth, innerHeight, devicePixelRatio],
  };
  return JSON.stringify({ page, device, clip, settings, estimate, run }, null, 2);
}

export const copyDiagnostics: Action = {
  id: 'copyDiagnostics',
  label: strings.actions.copyDiagnostics,
  group: 'file',
  keys: ['Mod+Shift+d'],
  run: async () => {
    await navigator.clipboard.writeText(diagnostics());
    showInfo(strings.report.copied);
  },
};
