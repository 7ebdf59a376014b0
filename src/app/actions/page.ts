import { held, inGroup } from '../model/action.ts';
import { useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { showInfo, useNotices } from '../stores/notices.ts';
import { useQueue } from '../stores/queue.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { redo as redoEdit, undo as undoEdit } from './edits.ts';

const action = inGroup('file');

export const help = action('help', ['?'], () => useView.setState({ help: true }));

export const undo = held(
  action('undo', ['Mod+z'], undoEdit, () => useDocument.getState().history.past.length > 0),
);

export const redo = held(
  action('redo', ['Mod+Shift+z', 'Mod+y'], redoEdit, () => useDocument.getState().history.future.length > 0),
);

/**
 * All that a bug report needs, without the clips' content or names; a message names a file only where it could not be
 * opened.
 */
function diagnostics(): string {
  const { device, settings, estimate, result } = useRun.getState();
  const { info, files } = useClip.getState();
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
  const names = [...files, ...useQueue.getState().clips.map(({ file }) => file)].map(({ name }) => name);
  const errors = useNotices.getState().reported.map(({ message, ...error }) => ({
    ...error,
    message: names.reduce((text, name) => text.replaceAll(name, '…'), message),
  }));
  const page = {
    agent: navigator.userAgent,
    isolated: crossOriginIsolated,
    screen: [innerWidth, innerHeight, devicePixelRatio],
  };
  return JSON.stringify({ page, device, clip, settings, estimate, run, errors }, null, 2);
}

export const copyDiagnostics = action('copyDiagnostics', ['Mod+Shift+d'], async () => {
  await navigator.clipboard.writeText(diagnostics());
  showInfo(strings.report.copied);
});
