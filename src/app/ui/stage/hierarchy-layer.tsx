import { useMemo } from 'react';
import { nodeName, shownLevel } from '../../actions/levels.ts';
import { select } from '../../actions/objects.ts';
import { inAllNodes, partMasks } from '../../model/corrected.ts';
import { type Hierarchy, hierarchyOf, nodeObjects, nodesOf, ownersOf } from '../../model/hierarchy.ts';
import { useDocument } from '../../stores/document.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { MaskCanvas, Pointed, type Size, useLabelCache } from './mask-layer.tsx';

/** One level of Algorithm 1 over the frame (Fig. 5). A part that is pointed at in the tree stands out at any level. */
export function HierarchyLayer(size: Size) {
  const result = useRun((run) => run.result)!;
  const hierarchy = hierarchyOf(result);
  return hierarchy ? (
    <LevelLayer hierarchy={hierarchy} size={size} />
  ) : (
    <p className="stage-hint">{strings.hierarchy.none}</p>
  );
}

const NO_CHOICE: ReadonlySet<number> = new Set();

function LevelLayer({ hierarchy, size }: { hierarchy: Hierarchy; size: Size }) {
  const objects = useDocument((state) => state.objects);
  const strokes = useDocument((state) => state.strokes);
  const level = useView((view) => shownLevel(hierarchy, view.level));
  const node = useView((view) => view.node);
  const masks = useMemo(() => partMasks(hierarchy, strokes), [hierarchy, strokes]);
  const maps = useLabelCache(size, masks);
  const owners = useMemo(() => ownersOf(hierarchy, objects), [hierarchy, objects]);
  const paintedAs = useMemo(() => nodeObjects(hierarchy, objects), [hierarchy, objects]);
  const atLevel = useMemo(() => nodesOf(hierarchy, level), [hierarchy, level]);
  const painted = useMemo(() => {
    // The last of two that share a leaf has it: what is pointed at lies on top.
    const nodes = node === null || atLevel.includes(node) ? atLevel : [...atLevel, node];
    return inAllNodes(hierarchy, nodes.map(paintedAs));
  }, [hierarchy, atLevel, node, paintedAs]);
  return (
    <>
      <MaskCanvas
        maps={maps}
        objects={painted}
        look={{ usual: 'fill', hovered: node, selected: NO_CHOICE, solo: null }}
        onPoint={(id) => {
          if (useView.getState().node !== id) useView.setState({ node: id });
        }}
        onSelect={(id, add) => select(id === null ? null : (owners[id]?.id ?? null), add)}
      />
      {node !== null && (
        <Pointed colour={paintedAs(node).colour}>{nodeName(hierarchy, objects, owners, node)}</Pointed>
      )}
    </>
  );
}
