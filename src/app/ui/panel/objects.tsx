import { memo, useEffect, useMemo, useRef } from 'react';
import {
  Button as AriaButton,
  GridList,
  GridListItem,
  type Key,
  useDragAndDrop,
} from 'react-aria-components';
import { useShallow } from 'zustand/react/shallow';
import { isNothingMoves } from '../../../engine/session/notes.ts';
import * as objectActions from '../../actions/objects.ts';
import { isShown } from '../../model/appearance.ts';
import { classOf } from '../../model/classes.ts';
import { nameOf, presenceOf, type VideoObject } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { pendingIn, useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { percent } from '../../words/format.ts';
import { noted } from '../../words/messages.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';
import { useColoured } from '../parts/use-coloured.ts';
import { useMedia } from '../parts/use-media.ts';
import { Classes } from './classes.tsx';
import { MainSubject } from './main-subject.tsx';
import { ObjectMenu } from './object-menu.tsx';
import { Portrait } from './portrait.tsx';
import { ObjectScore, Scores } from './scores.tsx';
import { Swatch } from './swatch.tsx';
import { Tau } from './tau.tsx';
import { useSelectedInSight } from './use-selected-in-sight.ts';

/** A finger has no modifier keys and no double click: each tap takes one more object in, or leaves it out. */
const finger = matchMedia('(pointer: coarse)').matches;

/** Background areas that are hidden in the picture are folded away where there are more of them. */
const FEW = 2;

/** Everything that was found, background last. */
export function ObjectsPanel() {
  // Rows read their objects themselves: the list is made anew only where other objects are in it.
  const ids = useDocument(useShallow((state) => state.objects.map(({ id }) => id)));
  const selected = useDocument((state) => state.selected);
  const solo = useDocument((state) => state.solo);
  const result = useRun((run) => run.result);
  const hidden = useDocument(
    useShallow(({ objects, selected, solo }) =>
      objects
        .filter((one) => one.background && !isShown(one, solo) && !selected.has(one.id))
        .map(({ id }) => id),
    ),
  );
  const open = usePreferences((preferences) => preferences.backgrounds);
  const folds = hidden.length > FEW;
  const listed = folds && !open ? ids.filter((id) => !hidden.includes(id)) : ids;
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    getAllowedDropOperations: () => ['move'],
    onReorder: ({ keys, target }) => {
      if (target.dropPosition !== 'on')
        objectActions.place(new Set([...keys].map(Number)), Number(target.key), target.dropPosition);
    },
    onItemDrop: ({ target, isInternal }) => {
      if (!isInternal) return;
      const dragged = [...useDocument.getState().selected, Number(target.key)];
      objectActions.mergeObjects(new Set(dragged));
    },
    onDragStart: ({ keys }) => useDocument.setState({ selected: new Set([...keys].map(Number)) }),
  });

  const list = useRef<HTMLDivElement>(null);
  useSelectedInSight(list);

  // Where there is little room, the list is what is seen first.
  const low = useMedia('(max-width: 860px), (max-height: 560px)');

  if (!result) return <p className="panel-empty">{strings.objects.none}</p>;
  const still = result.notes.find(isNothingMoves);
  const detail = (
    <div className="detail">
      <MainSubject />
      <Tau />
      {still && <p className="field-note calm">{noted(still)}</p>}
      <Scores />
      <Classes />
    </div>
  );
  return (
    <>
      {!low && detail}
      <GridList
        ref={list}
        className="objects"
        aria-label={strings.objects.list}
        selectionMode="multiple"
        selectionBehavior={finger ? 'toggle' : 'replace'}
        selectedKeys={selected}
        dragAndDropHooks={dragAndDropHooks}
        onSelectionChange={(keys) =>
          useDocument.setState({
            selected: new Set(keys === 'all' ? listed : [...keys].map(Number)),
          })
        }
        {...(finger ? {} : { onAction: (key: Key) => useView.setState({ renaming: Number(key) }) })}
      >
        {listed.map((id) => (
          <ObjectRow key={id} id={id} />
        ))}
      </GridList>
      {folds && (
        <AriaButton
          className="disclosure-button"
          aria-expanded={open}
          onPress={() => usePreferences.setState({ backgrounds: !open })}
        >
          <Icon name="chevron" size={16} />
          {strings.objects.backgrounds(hidden.length)}
        </AriaButton>
      )}
      <div className="object-tools" data-active={selected.size > 1 || undefined}>
        {selected.size > 1 ? (
          <>
            <span>{strings.objects.selected(selected.size)}</span>
            <Button variant="plain" icon="merge" onPress={() => void objectActions.merge.run()}>
              {strings.objects.merge}
            </Button>
          </>
        ) : null}
        {solo !== null && (
          <Button variant="plain" onPress={() => objectActions.toggleSolo(solo)}>
            {strings.objects.unsolo}
          </Button>
        )}
      </div>
      {low && detail}
    </>
  );
}

const objectIn = (objects: readonly VideoObject[], id: number): VideoObject | undefined =>
  objects.find((object) => object.id === id);

/** An object's name as shown; of one that is gone, none. */
function useName(id: number): string {
  return useDocument(({ objects }) => {
    const object = objectIn(objects, id);
    return object ? nameOf(object, objects) : '';
  });
}

/** An object of the list. What changes it changes what is in its row alone: another row would have the whole list made anew. */
const ObjectRow = memo(function ObjectRow({ id }: { id: number }) {
  const name = useName(id);
  return (
    <GridListItem
      id={id}
      textValue={name}
      className="object"
      onHoverStart={() => useDocument.setState({ hovered: id })}
      onHoverEnd={() => useDocument.setState({ hovered: null })}
      onContextMenu={(event) => {
        event.preventDefault();
        objectActions.openMenu(id, event.clientX, event.clientY);
      }}
    >
      <Lit id={id} />
      <RowContent id={id} />
    </GridListItem>
  );
});

const RowContent = memo(function RowContent({ id }: { id: number }) {
  const object = useDocument(({ objects }) => objectIn(objects, id));
  const place = useDocument(({ objects }) => objects.findIndex((one) => one.id === id));
  const solo = useDocument((state) => state.solo);
  const name = useName(id);
  const patterns = usePreferences((preferences) => preferences.patterns);
  const own = useMemo(() => (object ? [object] : []), [object]);
  const [coloured] = useColoured(own);
  if (!object || !coloured) return null;
  return (
    <div className="object-row" data-off={!isShown(object, solo) || undefined}>
      <AriaButton slot="drag" className="object-grip" aria-label={name}>
        <Portrait object={object} />
        {(!object.background || isShown(object, solo)) && (
          <Swatch object={coloured} place={place} patterned={patterns} />
        )}
      </AriaButton>
      <div className="object-text">
        <Title object={object} name={name} />
        <Share object={object} />
        <ObjectScore id={id} />
      </div>
      {object.locked && (
        <IconButton
          icon="lock"
          label={strings.objects.locked(name)}
          onPress={() => objectActions.toggleLock([object])}
        />
      )}
      <IconButton
        icon={object.visible ? 'eye' : 'eyeOff'}
        label={object.visible ? strings.objects.hide(name) : strings.objects.show(name)}
        onPress={() => objectActions.toggleVisibility([object])}
      />
      <ObjectMenu object={object} name={name} />
    </div>
  );
});

/**
 * Marks the row of what is pointed at in the picture. As an attribute of the row it would have the whole list drawn anew at
 * every movement of the pointer.
 */
function Lit({ id }: { id: number }) {
  return useDocument(({ hovered }) => hovered === id) ? <span className="object-lit" /> : null;
}

/** An object's name and class; or the field to rename it in. */
function Title({ object, name }: { object: VideoObject; name: string }) {
  const renaming = useView((view) => view.renaming === object.id);
  if (renaming) return <NameField object={object} name={name} />;
  return (
    <span className="object-title">
      <span className="object-name">{name}</span>
      <ClassTag object={object} />
    </span>
  );
}

/** What class an object has, if any. */
function ClassTag({ object }: { object: VideoObject }) {
  const one = useDocument(({ classes }) => classOf(object, classes));
  if (!one) return null;
  return (
    <span className="class-tag" title={strings.classes.of(one.name)}>
      <span className="dot" style={{ background: css(one.colour) }} />
      <span>{one.name}</span>
    </span>
  );
}

/** How much of the picture an object takes, and in how many frames it is. */
function Share({ object }: { object: VideoObject }) {
  const result = useRun((run) => run.result);
  const counts = useRun((run) => run.counts);
  if (!result) return null;
  const presence = presenceOf(object, counts, result.grid);
  const share = presence.reduce((sum, part) => sum + part, 0) / Math.max(1, presence.length);
  const frames = presence.filter((part) => part > 0).length;
  const done = result.frames.length - pendingIn(result);
  const whole = share * (result.frames.length / Math.max(1, done));
  return (
    <span className="object-share">
      <span title={strings.objects.share(percent(whole))}>{percent(whole)}</span>
      {frames < done && (
        <span className="object-frames" title={strings.objects.frames(frames, done)}>
          {strings.objects.frames(frames, done)}
        </span>
      )}
    </span>
  );
}

/** A name being written: Enter or leaving keeps it, Escape drops it. */
function NameField({ object, name }: { object: VideoObject; name: string }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const done = () => useView.setState({ renaming: null });
  return (
    <input
      className="input name-field"
      aria-label={strings.objects.renameField(name)}
      defaultValue={name}
      ref={field}
      onBlur={(event) => {
        objectActions.rename(object, event.currentTarget.value);
        done();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          event.currentTarget.value = name;
          done();
        }
      }}
      onPointerDown={(event) => event.stopPropagation()}
    />
  );
}
