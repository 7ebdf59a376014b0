import { inAllNodes, nodesOfTokens } from '../model/corrected.ts';
import { hierarchyOf, largestNodes } from '../model/hierarchy.ts';
import { foreground, inheritIdentities, objectsOf, oneForeground } from '../model/objects.ts';
import { useClip } from '../stores/clip.ts';
import { currentHierarchy, useDocument } from '../stores/document.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';
import { edit } from './edits.ts';

/** Joins all that is not background into one object, or divides it into the run's objects: an edit, not a run. */
export function setSingle(single: boolean): void {
  const { result } = useRun.getState();
  useRun.setState({ single });
  if (!result) return;
  if (single) {
    edit(strings.edits.single, (objects) => largestNodes(currentHierarchy(), oneForeground(objects)));
    return;
  }
  const { objects } = useDocument.getState();
  const { palette } = useClip.getState();
  if (foreground(objects).length > 1) return;
  edit(strings.edits.apart, () =>
    inheritIdentities(
      objectsOf(result.clusters, palette),
      result.clustering.labels,
      inAllNodes(hierarchyOf(result), objects),
      nodesOfTokens(result),
      palette,
    ),
  );
}
