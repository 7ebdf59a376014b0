import { isPrompted } from '../../engine/mask/corrections.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { hierarchyOf, inGrown } from './hierarchy.ts';
import type { Snapshot } from './history.ts';
import { freeColours, inListOrder, numbered, objectsOf, oneForeground } from './objects.ts';
import { PALETTE } from './palette.ts';

type Run = Pick<RunResult, 'clustering' | 'clusters' | 'parts'>;

/** Leaves that the objects of a result are made of. */
export const leavesIn = ({ clustering }: Pick<RunResult, 'clustering'>): number =>
  clustering.levels[0]?.clusters ?? 0;

/**
 * What becomes of documents of a run when something came into the clip later: what there was stays, and each newcomer is
 * one object more.
 *
 * @param after the same run with the newcomers in it
 * @param single all newcomers go to the one foreground
 */
export function withNewcomers(
  before: Run,
  after: Run,
  single: boolean,
  palette: readonly number[] = PALETTE,
): (document: Snapshot) => Snapshot {
  const [from, to] = [hierarchyOf(before), hierarchyOf(after)];
  const node = from && to ? inGrown(from, to) : (same: number) => same;
  const fresh = objectsOf(after.clusters).filter(({ id }) => id >= before.clustering.clusters);
  return (document) => {
    const kept = document.objects.map((object) => ({
      ...object,
      id: node(object.id),
      clusters: object.clusters.map(node),
    }));
    const colours = freeColours(kept, palette);
    // Their numbers are of a list that nobody has seen: they get those that are free.
    const added = fresh.map(({ number: _, backgroundNumber: __, ...object }) =>
      object.background ? object : { ...object, colour: colours() },
    );
    const all = inListOrder(numbered([...kept, ...added]));
    return {
      ...document,
      objects: single ? oneForeground(all) : all,
      strokes: document.strokes.map((one) =>
        isPrompted(one)
          ? { ...one, to: node(one.to), keeps: one.keeps.map(node) }
          : { ...one, to: node(one.to), from: one.from.map(node) },
      ),
    };
  };
}
