import { type PackedRecords, Records } from '../../engine/follow/records.ts';
import {
  type Click,
  type Correction,
  isMade,
  isPrompted,
  type Prompted,
} from '../../engine/mask/corrections.ts';
import { NOTHING } from '../../engine/mask/strokes.ts';
import { answerClicks } from '../../engine/session/answer-clicks.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { conflated } from '../../lib/task.ts';
import { inGroup } from '../model/action.ts';
import { correctedNodes, inAllNodes } from '../model/corrected.ts';
import { freeLabel, withMade } from '../model/made.ts';
import { nameOf, type VideoObject } from '../model/objects.ts';
import { labelsOf, staysOf, takesAway } from '../model/part.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { commit, currentHierarchy, selectedObjects, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { type ClickKind, type Clicks, NO_CLICKS, type Part, usePrompt } from '../stores/prompt.ts';
import { isQuickLook, isReady, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { runMasks } from '../workers/engine.ts';
import { answersClicks } from './answer.ts';
import { select } from './objects.ts';

const words = strings.click;

/** Marks where an object is, or is not, on the frame on the stage. x and y are shares of the picture. */
export function click(x: number, y: number, kind: ClickKind): void {
  const { result } = useRun.getState();
  const { frame } = useView.getState();
  if (!result) return;
  if (isQuickLook()) {
    showInfo(strings.run.quickEdit);
    return;
  }
  if (!answersClicks()) {
    showInfo(words.needsFollowed);
    return;
  }
  if (!isReady(result, frame)) {
    showInfo(words.pending);
    return;
  }
  const fresh = kind === 'new' || usePrompt.getState().clicks.length === 0;
  const begun = fresh ? begin(result, { frame, x, y }, kind) : usePrompt.getState();
  if (!begun) return;
  const next: Click = { frame, x, y, positive: (kind === 'remove') === takesAway(begun.part) };
  usePrompt.setState({ ...begun, clicks: [...begun.clicks, next], adding: false });
  useView.setState({ speed: 0 });
  const { clicks: asked } = usePrompt.getState();
  glimpse(asked, result);
  ask(asked);
}

/** The object of a first click: a new one, or with keys held the selected one. Null: none. */
function begin(result: RunResult, at: Omit<Click, 'positive'>, kind: ClickKind): Clicks | null {
  if (kind === 'new') return NO_CLICKS;
  // A finger has no keys: its kind of click was chosen before.
  const none = { ...NO_CLICKS, kind: usePrompt.getState().kind };
  const of = selectedPrompt();
  if (of) return { ...none, of, clicks: of.clicks, found: of };
  const object = refined();
  const part = object && partOf(object, result, at, kind === 'remove');
  if (part) return { ...none, part, clicks: part.stays };
  return object || kind === 'remove' ? null : NO_CLICKS;
}

/** The object of clicks with keys held: the only selected one, unless it is locked. */
export function refined(): VideoObject | null {
  const [object, ...others] = selectedObjects();
  return object && !object.locked && others.length === 0 ? object : null;
}

/** A part of a found object, as clicks select it; null where the object is not on the frame. */
function partOf(
  object: VideoObject,
  result: RunResult,
  at: Omit<Click, 'positive'>,
  away: boolean,
): Part | null {
  const { objects, strokes } = useDocument.getState();
  const { id, clusters } = object;
  if (!away) return { id, to: clusters[0]!, keeps: clusters, stays: [] };
  const [whole] = inAllNodes(currentHierarchy(), [object]);
  const owned = new Set(whole!.clusters);
  const stays = staysOf(result, correctedNodes(result, strokes), owned, at);
  const keeps = labelsOf(result, objects, strokes).filter((label) => !owned.has(label));
  return stays && { id, to: NOTHING, keeps, stays };
}

/** Asks the engine what clicks point at; the newest request wins. */
const ask = conflated<readonly Click[]>(async (clicks) => {
  take(clicks, await runMasks().prompt(clicks));
}, showClipFailure);

/** Records of complete results: views, one per frame. */
const recordsOf = new WeakMap<PackedRecords, Records>();

/** What clicks point at on the shown frame, from the page's own records where it has them, without the engine. */
function glimpse(clicks: readonly Click[], result: RunResult): void {
  const { followed, grid } = result;
  if (!followed?.soft) return;
  const records = recordsOf.get(followed.soft) ?? Records.of(grid, followed.soft, followed.sources);
  recordsOf.set(followed.soft, records);
  usePrompt.setState({ glimpse: answerClicks(result, records, clicks, useView.getState().frame) });
}

/** Shows the answer to some clicks, unless there are newer ones. */
function take(clicks: readonly Click[], found: Pick<Prompted, 'tokens' | 'shares'>): void {
  const { clicks: now, of, part } = usePrompt.getState();
  if (now !== clicks) return;
  const document = useDocument.getState();
  const to = part?.to ?? of?.to ?? freeLabel(document);
  if (to === null) {
    showInfo(words.tooMany);
    abandonClicks();
    return;
  }
  const locked = inAllNodes(
    currentHierarchy(),
    document.objects.filter((object) => object.locked),
  );
  const others = locked.flatMap(({ clusters }) => clusters).filter((label) => label !== to);
  const keeps = [...(part?.keeps ?? []), ...others];
  usePrompt.setState({ found: { clicks, to, keeps, ...found } });
  if (usePrompt.getState().adding) addClicked();
}

/**
 * Adds the clicked object, or replaces its earlier answer, or adds the clicked part to an object or removes it. Waits for the
 * answer if it has not come yet.
 */
export function addClicked(): void {
  const { clicks, found, of, part } = usePrompt.getState();
  if (clicks.length === 0 || isQuickLook()) return;
  if (found?.clicks !== clicks) {
    usePrompt.setState({ adding: true });
    return;
  }
  if (found.tokens.length === 0) return;
  const { objects, strokes } = useDocument.getState();
  usePrompt.setState(NO_CLICKS);
  if (found === of) return;
  const refine = (owner: VideoObject | undefined, strokes: readonly Correction[]) => {
    const label = words.refined(owner ? nameOf(owner, objects) : '');
    commit(label, { strokes });
    announce(label);
  };
  if (part) {
    const owner = objects.find(({ id }) => id === part.id);
    if (owner) refine(owner, [...strokes, found]);
    return;
  }
  if (of && strokes.includes(of)) {
    const owner = objects.find(({ clusters }) => clusters.includes(of.to));
    refine(
      owner,
      strokes.map((one) => (one === of ? found : one)),
    );
    return;
  }
  const after = withMade(objects, found.to, useClip.getState().palette);
  const label = words.added(nameOf(after.find(({ id }) => id === found.to)!, after));
  commit(label, { objects: after, strokes: [...strokes, found] });
  announce(label);
  select(found.to);
  useView.setState({ tab: 'objects' });
}

/** Forgets the clicks. */
export function abandonClicks(): void {
  usePrompt.setState(NO_CLICKS);
}

/** The selected object, if it was made by clicks and is the only one: further clicks refine it. */
function selectedPrompt(): Prompted | null {
  const object = refined();
  const prompted = useDocument.getState().strokes.filter(isPrompted);
  return prompted.find(({ to }) => isMade(to) && object?.clusters.includes(to)) ?? null;
}

/** Turns the click tool on or off. */
export function toggleTool(): void {
  if (usePrompt.getState().tool) {
    usePrompt.setState({ tool: false, ...NO_CLICKS });
    return;
  }
  const of = selectedPrompt();
  useView.setState({ brush: null, mode: 'masks', speed: 0 });
  usePrompt.setState({
    tool: true,
    ...NO_CLICKS,
    ...(of && { of, clicks: of.clicks, found: of, kind: 'add' }),
  });
  if (!answersClicks()) showInfo(isQuickLook() ? strings.run.quickEdit : words.needsFollowed);
}

// Clicks belong to one run, in one mode.
useRun.subscribe((now, before) => {
  if (now.result !== before.result) abandonClicks();
});
useView.subscribe((now, before) => {
  const { tool, clicks } = usePrompt.getState();
  const elsewhere = now.mode !== before.mode || (now.brush !== null && before.brush === null);
  if (elsewhere && (tool || clicks.length > 0)) usePrompt.setState({ tool: false, ...NO_CLICKS });
});
useClip.subscribe((now, before) => {
  if (now.files !== before.files) usePrompt.setState({ tool: false, ...NO_CLICKS });
});

const action = inGroup('objects');

export const clickTool = action(
  'clickTool',
  ['c'],
  toggleTool,
  () => useRun.getState().result !== null && !isQuickLook(),
);

export const addObject = action('addObject', ['Enter'], addClicked, () => {
  const { tool, clicks } = usePrompt.getState();
  return tool || clicks.length > 0;
});
