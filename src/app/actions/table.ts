import type { Action } from '../model/action.ts';
import { adapt } from './adapt.ts';
import * as brush from './brush.ts';
import * as classes from './classes.ts';
import * as click from './click.ts';
import * as effects from './effects.ts';
import { exportAction } from './export.ts';
import * as lens from './lens.ts';
import * as levels from './levels.ts';
import { openModels } from './models.ts';
import * as objects from './objects.ts';
import * as page from './page.ts';
import * as part from './part.ts';
import * as playback from './playback.ts';
import * as project from './project.ts';
import * as queue from './queue.ts';
import * as review from './review.ts';
import * as run from './segment.ts';
import { openAction } from './take.ts';
import * as tau from './tau.ts';
import * as view from './view.ts';

/** Every action, in the order of the help. Shortcuts and help follow from this list. */
export const ACTIONS: readonly Action[] = [
  playback.playPause,
  playback.playBackward,
  playback.pause,
  playback.playForward,
  playback.back,
  playback.forward,
  playback.backMore,
  playback.forwardMore,
  playback.previousProcessed,
  playback.nextProcessed,
  playback.first,
  playback.last,
  review.toggleReviewed,
  review.nextUnreviewed,
  playback.zoomIn,
  playback.zoomOut,
  click.clickTool,
  click.addObject,
  brush.paintBrush,
  brush.erase,
  brush.smaller,
  brush.larger,
  objects.selectNumber,
  classes.clearClass,
  objects.selectNone,
  objects.visibility,
  objects.solo,
  objects.renameSelected,
  objects.merge,
  objects.splitSelected,
  objects.background,
  objects.lock,
  objects.removeSelected,
  view.attention,
  view.hierarchy,
  levels.finer,
  levels.coarser,
  view.distance,
  view.motion,
  view.outlines,
  view.patterns,
  view.byClass,
  effects.spotlight,
  effects.compare,
  view.truth,
  lens.closer,
  lens.farther,
  lens.fit,
  lens.actualSize,
  view.fainter,
  view.stronger,
  run.segment,
  run.cancel,
  tau.tauDown,
  tau.tauUp,
  openModels,
  adapt,
  part.markIn,
  part.markOut,
  openAction,
  queue.nextInQueue,
  exportAction,
  project.save,
  page.undo,
  page.redo,
  page.copyDiagnostics,
  page.help,
];
