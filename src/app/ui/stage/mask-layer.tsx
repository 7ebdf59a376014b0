import {
  type MouseEvent,
  memo,
  type PointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Correction } from '../../../engine/mask/corrections.ts';
import { type Effects, USUAL_EFFECTS } from '../../../engine/mask/effects.ts';
import { sameMasks } from '../../../engine/mask/packed.ts';
import { changedBox, type Paint, paint, wholeOf } from '../../../engine/mask/paint.ts';
import { LABELS } from '../../../engine/mask/strokes.ts';
import { drawTrails, TRAIL, type Trails } from '../../../engine/mask/trail.ts';
import type { LabelMap, Masks } from '../../../engine/mask/types.ts';
import { sameData } from '../../../lib/same.ts';
import { answersClicks } from '../../actions/answer.ts';
import { abandonClicks, click, refined } from '../../actions/click.ts';
import { openMenu, select } from '../../actions/objects.ts';
import { isShown, type Look, looksOf, paintsOf } from '../../model/appearance.ts';
import { correctedNodes, inAllNodes, needParts, partMasks } from '../../model/corrected.ts';
import { hierarchyOf } from '../../model/hierarchy.ts';
import { LabelCache } from '../../model/label-cache.ts';
import { withMade } from '../../model/made.ts';
import { freeColours, nameOf, placesOf, type VideoObject } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { trailsOf } from '../../model/trails.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { usePrompt } from '../../stores/prompt.ts';
import { answers, isReady, useRun } from '../../stores/run.ts';
import { shownFrame, useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { useColoured } from '../parts/use-coloured.ts';
import { ClickMarks, ClickSurface, kindOf } from './click.tsx';
import { EffectsCanvas } from './effects-canvas.tsx';
import { useMasks } from './use-masks.ts';
import { usePressed } from './use-pressed.ts';

export interface Size {
  width: number;
  height: number;
}

export interface LayerProps extends Size {
  /** The clip's own picture, beneath. */
  picture: RefObject<HTMLCanvasElement | null>;
}

/** The objects over the frame, or what another τ would make of them. Pointing lights an object up; a click selects it. */
export const ObjectsLayer = memo(function ObjectsLayer({ picture, ...size }: LayerProps) {
  const effects = useDocument((state) => state.effects);
  const hovered = useDocument((state) => state.hovered);
  const selected = useDocument((state) => state.selected);
  const solo = useDocument((state) => state.solo);
  const { objects, strokes, clicked } = useShownDocument();
  const trails = useTrails(objects, strokes);
  const result = useRun((run) => run.result);
  const trial = useRun((run) => (run.trial?.of === run.result ? run.trial : null));
  const busy = useRun((run) => !answers(run.phase));
  const tool = usePrompt((prompt) => prompt.tool);
  const making = usePrompt((prompt) => prompt.clicks.length > 0);
  const answered = usePrompt(({ found, clicks }) => found?.clicks === clicks);
  const hierarchy = result && hierarchyOf(result);
  const parted = needParts(hierarchy, objects, strokes);
  const masks = useMemo(
    () => (hierarchy && parted ? partMasks(hierarchy, strokes) : { strokes }),
    [hierarchy, parted, strokes],
  );
  const own = useLabelCache(size, masks);
  const { width, height } = size;
  useEffect(() => {
    useView.setState({ painted: { width, height } });
    return () => useView.setState({ painted: { width: 0, height: 0 } });
  }, [width, height]);
  const spread = useMemo(() => inAllNodes(hierarchy, objects), [hierarchy, objects]);
  const found = trial?.found;
  const tried = useColoured(found?.objects ?? NO_OBJECTS);
  const pointed = objects.find(
    (object) => object.id === hovered && (!object.background || isShown(object, solo)),
  );
  return (
    <>
      {found ? (
        <MaskCanvas
          maps={found.maps}
          objects={tried}
          look={{ usual: 'fill', hovered: null, selected: new Set(), solo: null }}
          tried={trial.tau}
        />
      ) : (
        <MaskCanvas
          maps={own}
          objects={spread}
          look={{
            usual: effects.objects,
            hovered,
            selected: clicked ? new Set([clicked.id]) : selected,
            solo,
          }}
          effects={effects}
          picture={picture}
          trails={trails}
          corrections={strokes}
          onPoint={(id) => {
            if (useDocument.getState().hovered !== id) useDocument.setState({ hovered: id });
          }}
          onSelect={(id, add, event) => {
            const object = objects.find((one) => one.id === id);
            const shown = object !== undefined && isShown(object, solo);
            if (!clickInstead(shown, add, event)) select(id, add);
          }}
          onMenu={openMenu}
        />
      )}
      {making && (
        <Clicked
          maps={answered ? own : null}
          colour={clicked?.colour ?? freeColours(objects, useClip.getState().palette)()}
        />
      )}
      {tool && <ClickSurface />}
      {trial ? (
        <p className="trial-mark" role="status">
          {found ? strings.tau.preview : busy ? strings.tau.busy : strings.tau.onRelease}
        </p>
      ) : (
        pointed && <Pointed colour={pointed.colour}>{nameOf(pointed, objects)}</Pointed>
      )}
    </>
  );
});

const NO_OBJECTS: readonly VideoObject[] = [];

/** The document with the object that is clicked on, if any, as if it had been added. */
function useShownDocument() {
  const own = useDocument((state) => state.objects);
  const strokes = useDocument((state) => state.strokes);
  const objects = useColoured(own);
  const found = usePrompt((prompt) => prompt.found);
  const of = usePrompt((prompt) => prompt.of);
  const part = usePrompt((prompt) => prompt.part);
  return useMemo(() => {
    if (!found) return { objects, strokes, clicked: undefined };
    if (part)
      return {
        objects,
        strokes: [...strokes, found],
        clicked: objects.find(({ id }) => id === part.id),
      };
    const within = of && strokes.includes(of);
    const shown = within ? objects : withMade(objects, found.to, useClip.getState().palette);
    return {
      objects: shown,
      strokes: within ? strokes.map((one) => (one === of ? found : one)) : [...strokes, found],
      clicked: shown.find(({ clusters }) => clusters.includes(found.to)),
    };
  }, [objects, strokes, found, of, part]);
}

/** What is clicked on: its tokens until its masks of the frame have come. `maps`: those with it; null before it is found. */
function Clicked({ maps, colour }: { maps: LabelCache | null; colour: number }) {
  const frame = useView((view) => view.frame);
  useSyncExternalStore(maps?.subscribe ?? NEVER, maps?.fetched ?? NONE);
  return <ClickMarks coarse={!maps?.has(frame)} colour={colour} />;
}

const NEVER = () => () => {};
const NONE = () => 0;

/**
 * Whether a click on the picture said where an object is: where none is shown, or where keys are held for the one that is being
 * made or is selected. Any other selects.
 */
function clickInstead(shown: boolean, add: boolean, event: MouseEvent): boolean {
  const kind = kindOf(event);
  const making = usePrompt.getState().clicks.length > 0;
  const further = kind !== 'new' && (making || (refined() !== null && answersClicks()));
  if (!further && (shown || add || !answersClicks())) {
    if (making) abandonClicks();
    return false;
  }
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  if (!further) select(null);
  click((event.clientX - left) / width, (event.clientY - top) / height, kind);
  return true;
}

/** Has the label of what is pointed at follow the pointer, without a rendering of the page. */
function placeLabel({ currentTarget, clientX, clientY }: PointerEvent): void {
  const { left, top, width } = currentTarget.getBoundingClientRect();
  const { style, offsetWidth } = currentTarget.parentElement!;
  const closer = width / offsetWidth;
  style.setProperty('--pointer-x', `${(clientX - left) / closer}px`);
  style.setProperty('--pointer-y', `${(clientY - top) / closer}px`);
}

function removeLabel({ currentTarget }: PointerEvent): void {
  const { style } = currentTarget.parentElement!;
  style.removeProperty('--pointer-x');
  style.removeProperty('--pointer-y');
}

/** What the pointer is on, beside it; in the corner where it is pointed at elsewhere. */
export function Pointed({ colour, children }: { colour: number; children: string }) {
  return (
    <p className="pointed" aria-hidden="true">
      <span className="dot" style={{ background: css(colour) }} />
      {children}
    </p>
  );
}

/** Maps of some masks of the last run, at a size; new ones when either changes, as far as frames have changed. */
export function useLabelCache({ width, height }: Size, masks: Masks): LabelCache {
  const result = useRun((run) => run.result);
  const [cache, setCache] = useState(() => new LabelCache(width, height, result, masks));
  const alike = cache.width === width && cache.height === height && sameMasks(cache.masks, masks);
  if (alike && cache.of === result) return cache;
  const next = alike ? cache.after(result) : new LabelCache(width, height, result, masks);
  setCache(next);
  return next;
}

/** The way that the shown objects go; null where that is not wanted. */
function useTrails(objects: readonly VideoObject[], strokes: readonly Correction[]): Trails | null {
  const wanted = useDocument((state) => state.effects.trail);
  const solo = useDocument((state) => state.solo);
  const result = useRun((run) => run.result);
  const followed = useRun((run) => run.followed);
  const info = useClip((clip) => clip.info);
  // Where an object goes is its area's: hiding it, or another name, has no way looked for anew.
  const areas = useSame(objects, (a, b) => a.clusters === b.clusters);
  const all = useMemo(() => {
    // The run's labels fill in place while it goes on.
    void followed;
    if (!wanted || !result || !info) return null;
    return trailsOf(result, correctedNodes(result, strokes), inAllNodes(hierarchyOf(result), areas), info);
  }, [wanted, result, followed, info, areas, strokes]);
  return useMemo(() => {
    if (!all) return null;
    const paths = objects.flatMap((object, place) =>
      isShown(object, solo) && !object.background ? [{ ...all.paths[place]!, colour: object.colour }] : [],
    );
    return { ...all, paths };
  }, [all, objects, solo]);
}

/** A list as it first was, as long as nothing in it differs in what counts. */
function useSame<T>(list: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  const [kept, setKept] = useState(list);
  const stays = kept.length === list.length && list.every((one, place) => same(one, kept[place]!));
  if (stays) return kept;
  setKept(list);
  return list;
}

/** Place of the object of every label; the same array as long as it holds the same, whatever else becomes of the objects. */
function usePlaces(objects: readonly VideoObject[]): Uint16Array {
  const areas = useSame(objects, (a, b) => sameData(a.clusters, b.clusters));
  return useMemo(() => placesOf(areas, LABELS), [areas]);
}

/** What is on a canvas. */
interface Drawn {
  map: LabelMap;
  places: Uint16Array;
  paints: readonly Paint[];
  trails: Trails | null;
}

interface CanvasProps {
  maps: LabelCache;
  /** With all nodes that the maps may name. */
  objects: readonly VideoObject[];
  look: Omit<Look, 'overlay'>;
  /** What becomes of the picture beneath; absent: nothing. */
  effects?: Effects;
  picture?: RefObject<HTMLCanvasElement | null>;
  trails?: Trails | null;
  /** τ of a preview. */
  tried?: number;
  /** Of the document, that the maps are with. */
  corrections?: readonly Correction[];
  onPoint?: (id: number | null) => void;
  onSelect?: (id: number | null, add: boolean, event: MouseEvent) => void;
  onMenu?: (id: number, x: number, y: number) => void;
}

/** Paints objects over the frame, and reports which is under the pointer. */
export function MaskCanvas({
  maps,
  objects,
  look,
  effects = USUAL_EFFECTS,
  picture,
  trails = null,
  tried,
  corrections,
  onPoint,
  onSelect,
  onMenu,
}: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const bytes = useRef<Uint8ClampedArray<ArrayBuffer> | undefined>(undefined);
  const drawn = useRef<Drawn | null>(null);
  const opacity = usePreferences((preferences) => preferences.opacity);
  const outlines = usePreferences((preferences) => preferences.outlines);
  const patterns = usePreferences((preferences) => preferences.patterns);
  const shown = useMasks(maps, objects);
  const map = shown?.map ?? null;
  const isFinal = shown?.waiting === false;
  // Of a run of every stride-th frame, nothing comes for the others.
  const expected = useView(
    (view) => maps.of !== null && (maps.of.followed !== null || isReady(maps.of, shownFrame(view))),
  );
  const painted = shown?.objects ?? objects;
  const places = usePlaces(painted);
  const { usual, hovered, selected, solo } = look;
  const paints = useMemo(
    () =>
      paintsOf(painted, {
        overlay: { opacity, outlines, patterns },
        usual,
        hovered,
        selected,
        solo,
      }),
    [painted, opacity, outlines, patterns, usual, hovered, selected, solo],
  );
  const looks = useSame(looksOf(painted, { usual, solo }), Object.is);
  const frame = useView((view) => view.frame);
  const trailedTo = trails ? frame : 0;

  // In the same commit as `data-waiting`: what the attribute says of the canvas is always so.
  useLayoutEffect(() => {
    const target = canvas.current;
    if (!target) return;
    const context = target.getContext('2d')!;
    const before = drawn.current;
    drawn.current = map && { map, places, paints, trails };
    if (!map) {
      context.clearRect(0, 0, target.width, target.height);
      return;
    }
    const { width, height } = map;
    if (target.width !== width || target.height !== height) Object.assign(target, { width, height });
    const scale = map.width / (target.clientWidth || map.width);
    // Pointing and selecting change little of a picture.
    const stays = before?.map === map && before.places === places && !before.trails && !trails;
    const area = stays ? changedBox(map, places, before.paints, paints) : wholeOf(map);
    if (area) {
      const painting = {
        objectOf: places,
        paints,
        outlineWidth: 1.6 * scale,
        patternScale: Math.max(1, Math.round(1.5 * scale)),
      };
      bytes.current = paint(map, painting, bytes.current, area);
      const { left, top, right, bottom } = area;
      const image = new ImageData(bytes.current, width, height);
      context.putImageData(image, 0, 0, left, top, right - left, bottom - top);
    }
    if (trails) drawTrails(context, trails, trailedTo, map, TRAIL * scale);
    if (tried === undefined) delete target.dataset.tau;
    else target.dataset.tau = String(tried);
  }, [map, places, paints, trails, trailedTo, tried]);
  useLayoutEffect(() => {
    if (isFinal && corrections) useView.setState({ corrected: corrections });
  }, [isFinal, corrections]);

  const under = (event: MouseEvent): number | null => {
    if (!map) return null;
    const bounds = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - bounds.left) / bounds.width) * map.width);
    const y = Math.floor(((event.clientY - bounds.top) / bounds.height) * map.height);
    const label = map.labels[y * map.width + x];
    return label === undefined ? null : (painted[places[label]!]?.id ?? null);
  };
  const pressed = usePressed((event) =>
    onSelect?.(under(event), event.shiftKey || event.metaKey || event.ctrlKey, event),
  );
  return (
    <>
      {picture && (
        <EffectsCanvas
          picture={picture}
          map={map}
          frame={frame}
          places={places}
          looks={looks}
          effects={effects}
        />
      )}
      <canvas
        ref={canvas}
        className="overlay"
        data-waiting={(shown ? shown.waiting : expected) || undefined}
        onPointerMove={(event) => {
          placeLabel(event);
          onPoint?.(under(event));
        }}
        onPointerLeave={(event) => {
          removeLabel(event);
          onPoint?.(null);
        }}
        onContextMenu={(event) => {
          const id = under(event);
          if (id === null || !onMenu) return;
          event.preventDefault();
          onMenu(id, event.clientX, event.clientY);
        }}
        {...pressed}
      />
    </>
  );
}
