import type { Preview } from '../../engine/session/api.ts';
import type { Hierarchy } from './hierarchy.ts';
import { freeColours, objectsOf, oneForeground, type VideoObject } from './objects.ts';

/**
 * Objects of a previewed τ. Each takes name and colour of the object that it shares most tokens with, the largest first,
 * so that what stays the same looks the same while τ is dragged. `single`: all but the background are one.
 */
export function previewedObjects(
  { clusters, nearest }: Pick<Preview, 'clusters' | 'nearest'>,
  objects: readonly VideoObject[],
  hierarchy: Hierarchy | null,
  single = false,
): readonly VideoObject[] {
  const owners = new Map<number, VideoObject>();
  const sizes = new Map<number, number>();
  for (const object of objects)
    for (const node of object.clusters) {
      const cluster = clusterOf(hierarchy, node);
      const size = hierarchy?.tokens[node] ?? 0;
      if (size <= (sizes.get(cluster) ?? -1)) continue;
      owners.set(cluster, object);
      sizes.set(cluster, size);
    }
  const given = new Set<VideoObject>();
  const apart = objectsOf(clusters);
  const found = (single ? oneForeground(apart) : apart).map((object) => {
    const owner = owners.get(nearest[object.id]!);
    if (!owner || owner.background || object.background || given.has(owner)) return { object, owner: null };
    given.add(owner);
    return { object, owner };
  });
  const colours = freeColours([...given]);
  return found.map(({ object, owner }) => {
    if (object.background) return object;
    const { name = '', colour = colours(), classId } = owner ?? {};
    return { ...object, name, colour, ...(classId !== undefined && { classId }) };
  });
}

/** Final cluster that a node became part of. */
function clusterOf(hierarchy: Hierarchy | null, node: number): number {
  let at = node;
  while (hierarchy && at >= hierarchy.clusters) at = hierarchy.above[at]!;
  return at;
}
