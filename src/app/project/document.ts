import type { Correction } from '../../engine/mask/corrections.ts';
import type { Effects } from '../../engine/mask/effects.ts';
import type { RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { sameData } from '../../lib/same.ts';
import type { Spans } from '../../lib/spans.ts';
import type { ObjectClass } from '../model/classes.ts';
import type { Edit, History, Snapshot } from '../model/history.ts';
import type { VideoObject } from '../model/objects.ts';

/** What a clip is known by, to see whether another file is the same one. */
export interface ClipMark {
  name: string;
  width: number;
  height: number;
  frameCount: number;
  /** Bytes of its files together. */
  bytes: number;
}

/** Everything about the work on one clip that a user would miss; its settings are those of the next run. */
export interface Project extends Snapshot {
  clip: ClipMark;
  /** Clip frame on the stage. */
  frame: number;
  result: RunResult | null;
  history: History<Snapshot>;
}

/** A project that the browser keeps, as the list of recent ones shows it. */
export interface Recent {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  saved: number;
  objects: number;
  /** Whether it holds objects, strokes or edits; absent where an earlier version wrote it. */
  worked?: boolean;
  /** Whether its clip is one of the page's own samples. */
  sample?: boolean;
  /** A small picture of the clip. */
  poster: Blob | null;
}

/** A Snapshot as places in the document's tables. */
export interface PackedSnapshot {
  settings: number;
  objects: number[];
  strokes: number[];
  effects: number;
  classes: number;
  reviewed: number;
}

interface PackedEdit {
  label: string;
  before: PackedSnapshot;
  after: PackedSnapshot;
}

/**
 * Version of the document; one with a higher number is refused, one with a lower is read as it was meant. Since 2, notes and
 * the reason for a device are codes.
 */
export const VERSION = 2;

/**
 * A project as it is kept and carried: plain data and typed arrays. Snapshots of the history share most of what they
 * hold, so each thing is written once and named by its place.
 */
export interface ProjectDocument {
  version: typeof VERSION;
  clip: ClipMark;
  frame: number;
  result: RunResult | null;
  settings: RunSettings[];
  objects: VideoObject[];
  strokes: Correction[];
  effects: Effects[];
  /** Each a whole list, as snapshots have them. */
  classes: (readonly ObjectClass[])[];
  reviewed: Spans[];
  now: PackedSnapshot;
  past: PackedEdit[];
  future: PackedEdit[];
}

/** Gives each thing one place, however often it is met. */
function table<T>() {
  const places = new Map<T, number>();
  return {
    place: (thing: T): number => {
      const place = places.get(thing) ?? places.size;
      places.set(thing, place);
      return place;
    },
    all: () => [...places.keys()],
  };
}

export function pack({ clip, frame, result, history, ...work }: Project): ProjectDocument {
  const tables = {
    settings: table<RunSettings>(),
    objects: table<VideoObject>(),
    strokes: table<Correction>(),
    effects: table<Effects>(),
    classes: table<readonly ObjectClass[]>(),
    reviewed: table<Spans>(),
  };
  const packed = (snapshot: Snapshot): PackedSnapshot => ({
    settings: tables.settings.place(snapshot.settings),
    objects: snapshot.objects.map(tables.objects.place),
    strokes: snapshot.strokes.map(tables.strokes.place),
    effects: tables.effects.place(snapshot.effects),
    classes: tables.classes.place(snapshot.classes),
    reviewed: tables.reviewed.place(snapshot.reviewed),
  });
  const edit = ({ label, before, after }: Edit<Snapshot>): PackedEdit => ({
    label,
    before: packed(before),
    after: packed(after),
  });
  const now = packed(work);
  const [past, future] = [history.past.map(edit), history.future.map(edit)];
  return {
    version: VERSION,
    clip,
    frame,
    result,
    settings: tables.settings.all(),
    objects: tables.objects.all(),
    strokes: tables.strokes.all(),
    effects: tables.effects.all(),
    classes: tables.classes.all(),
    reviewed: tables.reviewed.all(),
    now,
    past,
    future,
  };
}

/** Whether two documents hold the same work, whatever frame each was left at. */
export const sameWork = (a: ProjectDocument, b: ProjectDocument): boolean =>
  sameData({ ...a, frame: b.frame }, b);

/** The project of a document that has been checked: equal places become the same objects again. */
export function unpack(document: ProjectDocument): Project {
  const { clip, frame, result } = document;
  const snapshot = ({ settings, objects, strokes, ...places }: PackedSnapshot): Snapshot => ({
    settings: document.settings[settings]!,
    objects: objects.map((place) => document.objects[place]!),
    strokes: strokes.map((place) => document.strokes[place]!),
    effects: document.effects[places.effects]!,
    classes: document.classes[places.classes]!,
    reviewed: document.reviewed[places.reviewed]!,
  });
  const edit = ({ label, before, after }: PackedEdit): Edit<Snapshot> => ({
    label,
    before: snapshot(before),
    after: snapshot(after),
  });
  const history = { past: document.past.map(edit), future: document.future.map(edit) };
  return { clip, frame, result, history, ...snapshot(document.now) };
}
