import { CANDIDATES, type Records, SOURCE } from './records.ts';

/**
 * Fills frames that are not followed yet with a quick look's records, translated to the leaves found since: each of its
 * leaves becomes the one that most of its tokens have in the frames that both know. Does nothing where there are no such frames.
 *
 * @param found records of the run, the samples among them
 * @param quick records of the quick look, of the same clip and grid
 */
export function showPreviews(found: Records, quick: Records): void {
  const leafOf = commonLeaves(found, quick);
  if (leafOf.size === 0) return;
  for (let frame = 0; frame < found.grid.frames; frame++) {
    const record = quick.get(frame);
    if (!record || found.get(frame)) continue;
    // A leaf that is in no common frame becomes the likeliest leaf of all.
    const leaves = record.leaves.map((leaf) => leafOf.get(leaf) ?? leafOf.get(ANY)!);
    found.set(frame, { ...record, leaves }, SOURCE.preview);
  }
}

/** Stands for leaves that are in no common frame. */
const ANY = -1;

/** For each leaf of the quick look, that of the run which is first for most of its tokens. */
function commonLeaves(found: Records, quick: Records): Map<number, number> {
  const counts = new Map<number, Map<number, number>>();
  const count = (from: number, to: number) => {
    const row = counts.get(from) ?? new Map<number, number>();
    row.set(to, (row.get(to) ?? 0) + 1);
    counts.set(from, row);
  };
  for (let frame = 0; frame < found.grid.frames; frame++) {
    const [own, seen] = [found.get(frame), quick.get(frame)];
    if (!own || !seen) continue;
    for (let token = 0; token < own.leaves.length; token += CANDIDATES) {
      count(seen.leaves[token]!, own.leaves[token]!);
      count(ANY, own.leaves[token]!);
    }
  }
  const most = ([one, a]: [number, number], [other, b]: [number, number]) => b - a || one - other;
  return new Map([...counts].map(([leaf, row]) => [leaf, [...row].sort(most)[0]![0]]));
}
