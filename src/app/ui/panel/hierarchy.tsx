import { useMemo, useState } from 'react';
import { Button as AriaButton, type Key, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import * as levels from '../../actions/levels.ts';
import {
  choicesOf,
  type Hierarchy,
  hierarchyOf,
  levelCount,
  nodeObjects,
  nodesOf,
  openOf,
  ownersOf,
  siblingsOf,
} from '../../model/hierarchy.ts';
import { nameOf, type VideoObject } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { count, percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Tip } from '../parts/button.tsx';
import { Slider } from '../parts/fields.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.hierarchy;

/** The levels of Algorithm 1: which one the stage shows, and what each object consists of. */
export function HierarchyPanel() {
  const result = useRun((run) => run.result);
  const hierarchy = result && hierarchyOf(result);
  if (!hierarchy) return <p className="panel-empty">{result ? words.none : strings.objects.none}</p>;
  return (
    <>
      <Level hierarchy={hierarchy} />
      <ObjectTree hierarchy={hierarchy} />
    </>
  );
}

function Level({ hierarchy }: { hierarchy: Hierarchy }) {
  const level = useView((view) => levels.shownLevel(hierarchy, view.level));
  const parts = useMemo(() => nodesOf(hierarchy, level).length, [hierarchy, level]);
  const top = levelCount(hierarchy);
  return (
    <div className="tau">
      <Slider
        label={words.level}
        value={level + 1}
        range={[1, top]}
        step={1}
        show={words.levelOf(level + 1, top)}
        ends={[words.parts, words.wholes]}
        isDisabled={top < 2}
        onChange={(value) => useView.setState({ level: value - 1 })}
        under={<Stops count={top} />}
      />
      <p className="tau-found" aria-live="polite">
        {words.count(parts)}
      </p>
      <p className="hint">{words.help}</p>
    </div>
  );
}

/** A mark under each level of the slider. */
function Stops({ count: stops }: { count: number }) {
  return (
    <svg className="stops" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      {Array.from({ length: stops }, (_, stop) => {
        const at = stops > 1 ? (100 * stop) / (stops - 1) : 50;
        return <path key={at} d={`M${at} 0V1`} vectorEffect="non-scaling-stroke" />;
      })}
    </svg>
  );
}

/** Everything that the rows of the tree are made from. */
interface Branches {
  hierarchy: Hierarchy;
  objects: readonly VideoObject[];
  owners: ReturnType<typeof ownersOf>;
  paintedAs: (node: number) => VideoObject;
  expanded: ReadonlySet<Key>;
  /** Tokens of the clip. */
  all: number;
}

const point = (node: number | null) => useView.setState({ node });

function ObjectTree({ hierarchy }: { hierarchy: Hierarchy }) {
  const objects = useDocument((state) => state.objects);
  const selected = useDocument((state) => state.selected);
  const [expanded, setExpanded] = useState<ReadonlySet<Key>>(new Set());
  const branches: Branches = useMemo(
    () => ({
      hierarchy,
      objects,
      owners: ownersOf(hierarchy, objects),
      paintedAs: nodeObjects(hierarchy, objects),
      expanded,
      all: hierarchy.tokens.subarray(0, hierarchy.clusters).reduce((sum, tokens) => sum + tokens, 0),
    }),
    [hierarchy, objects, expanded],
  );
  return (
    <Tree
      className="tree"
      aria-label={words.tree}
      selectionMode="multiple"
      selectionBehavior="replace"
      selectedKeys={[...selected].map((id) => `object ${id}`)}
      onSelectionChange={(keys) => {
        if (keys === 'all') return;
        const ids = [...keys].flatMap((key) => /^object (\d+)$/.exec(String(key))?.[1] ?? []).map(Number);
        useDocument.setState({ selected: new Set(ids) });
      }}
      expandedKeys={expanded}
      onExpandedChange={setExpanded}
    >
      {objects.map((object) => (
        <ObjectRow key={object.id} object={object} branches={branches} />
      ))}
    </Tree>
  );
}

/** Parts that an object is opened into: its nodes, or those of its only one. */
const partsOf = (hierarchy: Hierarchy, { clusters }: VideoObject): readonly number[] =>
  clusters.length === 1 ? openOf(hierarchy, clusters[0]!) : clusters;

function ObjectRow({ object, branches }: { object: VideoObject; branches: Branches }) {
  const { hierarchy, objects, expanded } = branches;
  const key = `object ${object.id}`;
  const name = nameOf(object, objects);
  const parts = partsOf(hierarchy, object);
  const only = object.clusters.length === 1 ? object.clusters[0]! : null;
  return (
    <TreeItem
      id={key}
      textValue={name}
      className="branch"
      hasChildItems={parts.length > 1}
      data-off={!object.visible || undefined}
      onHoverStart={() => point(only)}
      onHoverEnd={() => point(null)}
    >
      <TreeItemContent>
        <Chevron shown={parts.length > 1} />
        <span className="dot" style={{ background: css(object.colour) }} />
        <span className="branch-name">{name}</span>
        <Choices object={object} name={name} branches={branches} />
      </TreeItemContent>
      {expanded.has(key) &&
        parts.map((node, place) => <NodeRow key={node} node={node} place={place} branches={branches} />)}
    </TreeItem>
  );
}

function NodeRow({ node, place, branches }: { node: number; place: number; branches: Branches }) {
  const { hierarchy, objects, owners, paintedAs, expanded } = branches;
  const { tokens } = hierarchy;
  const key = `node ${node}`;
  const parts = openOf(hierarchy, node);
  const name = levels.nodeName(hierarchy, objects, owners, node);
  return (
    <TreeItem
      id={key}
      textValue={name}
      className="branch"
      hasChildItems={parts.length > 1}
      onHoverStart={() => point(node)}
      onHoverEnd={() => point(null)}
    >
      <TreeItemContent>
        <Chevron shown={parts.length > 1} />
        <span className="dot" style={{ background: css(paintedAs(node).colour) }} />
        <span className="branch-name">{words.part(place + 1)}</span>
        <span className="branch-share">
          {percent(tokens[node]! / branches.all)}
          {parts.length > 1 && ` · ${words.count(parts.length)}`}
        </span>
      </TreeItemContent>
      {expanded.has(key) &&
        parts.map((part, among) => <NodeRow key={part} node={part} place={among} branches={branches} />)}
    </TreeItem>
  );
}

function Chevron({ shown }: { shown: boolean }) {
  return shown ? (
    <AriaButton slot="chevron" className="icon-button branch-chevron">
      <Icon name="chevron" size={16} />
    </AriaButton>
  ) : (
    <span className="branch-chevron" />
  );
}

/** The levels that one object can be had at, by how many objects it becomes; and the way back. */
function Choices({ object, name, branches }: { object: VideoObject; name: string; branches: Branches }) {
  const { hierarchy, objects } = branches;
  const choices = useMemo(() => choicesOf(hierarchy, object), [hierarchy, object]);
  const siblings = useMemo(() => siblingsOf(hierarchy, objects, object), [hierarchy, objects, object]);
  if (object.locked) return null;
  return (
    <span className="choices">
      {siblings.length > 1 && (
        <Tip label={words.join(name)}>
          <AriaButton
            className="choice"
            aria-label={words.join(name)}
            onPress={() => levels.joinSiblings(object)}
          >
            {words.joinShort(siblings.length)}
          </AriaButton>
        </Tip>
      )}
      {choices
        .filter(({ parts }) => parts > 1)
        .map(({ level, parts }) => (
          <Tip key={level} label={words.into(name, parts)}>
            <AriaButton
              className="choice"
              aria-label={words.into(name, parts)}
              onPress={() => levels.divide(object, level)}
            >
              <Icon name="divide" size={12} />
              {count(parts)}
            </AriaButton>
          </Tip>
        ))}
    </span>
  );
}
