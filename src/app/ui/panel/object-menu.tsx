import { type RefObject, useEffect, useRef } from 'react';
import {
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type PopoverProps,
  Separator,
  SubmenuTrigger,
} from 'react-aria-components';
import { LOOKS } from '../../../engine/mask/effects.ts';
import { clearClass, giveClass } from '../../actions/classes.ts';
import { setLook } from '../../actions/effects.ts';
import * as objectActions from '../../actions/objects.ts';
import type { Action } from '../../model/action.ts';
import { classOf, type ObjectClass } from '../../model/classes.ts';
import { nameOf, type VideoObject } from '../../model/objects.ts';
import { css, PALETTE } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { IconButton, Keys, PlainKeys } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';

/** Where there is no room beside a menu, what it leads to lies over it. */
const beneath: Pick<PopoverProps, 'placement'> = matchMedia('(max-width: 480px)').matches
  ? { placement: 'bottom end' }
  : {};

/** What can be done with one object, behind a button. */
export function ObjectMenu({ object, name }: { object: VideoObject; name: string }) {
  return (
    <MenuTrigger>
      <IconButton icon="more" label={strings.objects.more(name)} />
      <ObjectPopover object={object} name={name} placement="bottom end" />
    </MenuTrigger>
  );
}

/** The same where the pointer was pressed: its right button, or a long touch. */
export function ContextMenu() {
  const menu = useView((view) => view.menu);
  const objects = useDocument((state) => state.objects);
  const spot = useRef<HTMLSpanElement>(null);
  const object = objects.find(({ id }) => id === menu?.id);
  return (
    <>
      <span ref={spot} className="menu-spot" style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
      {menu && object && (
        <ObjectPopover
          key={`${menu.x} ${menu.y}`}
          object={object}
          name={nameOf(object, objects)}
          placement="bottom start"
          triggerRef={spot}
          isOpen
          onOpenChange={() => useView.setState({ menu: null })}
        />
      )}
    </>
  );
}

function ObjectPopover({ object, name, ...rest }: { object: VideoObject; name: string } & PopoverProps) {
  const classes = useDocument((state) => state.classes);
  const solo = useDocument((objects) => objects.solo === object.id);
  const afterwards = useRef<(() => void) | null>(null);
  return (
    <Popover className="popover" {...rest}>
      <Menu className="menu" aria-label={strings.objects.more(name)}>
        <Item
          label={solo ? strings.objects.unsolo : strings.objects.solo}
          action={objectActions.solo}
          act={() => objectActions.toggleSolo(object.id)}
        />
        <Item
          label={strings.objects.rename}
          action={objectActions.renameSelected}
          act={() => {
            afterwards.current = () => useView.setState({ renaming: object.id });
          }}
        />
        {classes.length > 0 ? (
          <ClassMenu object={object} classes={classes} />
        ) : (
          <Item
            label={strings.classes.make}
            act={() => {
              afterwards.current = () => useView.setState({ classes: true });
            }}
          />
        )}
        <SubmenuTrigger>
          <MenuItem className="menu-item" textValue={strings.objects.colour(name)}>
            <span>{strings.objects.colour(name)}</span>
            <span className="dot" style={{ background: css(object.colour) }} />
          </MenuItem>
          <Popover className="popover" {...beneath}>
            <Menu className="menu colours" aria-label={strings.objects.colour(name)}>
              {PALETTE.map((colour, index) => (
                <MenuItem
                  key={colour}
                  className="menu-item colour"
                  textValue={strings.objects.swatch(index + 1)}
                  aria-label={strings.objects.swatch(index + 1)}
                  onAction={() => objectActions.recolour(object, colour)}
                >
                  <span className="dot" style={{ background: css(colour) }} />
                  <span>{strings.objects.swatch(index + 1)}</span>
                  {colour === object.colour && <Icon name="check" size={16} />}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </SubmenuTrigger>
        <SubmenuTrigger>
          <MenuItem className="menu-item" textValue={strings.effects.look(name)}>
            <span>{strings.effects.look(name)}</span>
          </MenuItem>
          <Popover className="popover" {...beneath}>
            <Menu className="menu" aria-label={strings.effects.look(name)}>
              {[null, ...LOOKS].map((look) => {
                const label = look ? strings.effects.one[look] : strings.effects.asAll;
                return (
                  <MenuItem
                    key={label}
                    className="menu-item"
                    textValue={label}
                    onAction={() => setLook(object, look)}
                  >
                    <span>{label}</span>
                    {look === (object.look ?? null) && <Icon name="check" size={16} />}
                  </MenuItem>
                );
              })}
            </Menu>
          </Popover>
        </SubmenuTrigger>
        <Separator className="separator" />
        <Item
          label={object.background ? strings.objects.asObject : strings.objects.asBackground}
          action={objectActions.background}
          act={() => objectActions.setBackground([object], !object.background)}
        />
        {object.clusters.length > 1 && !object.locked && (
          <Item
            label={strings.objects.split}
            action={objectActions.splitSelected}
            act={() => objectActions.splitObject(object)}
          />
        )}
        <Item label={strings.objects.up} act={() => objectActions.move(object, -1)} />
        <Item label={strings.objects.down} act={() => objectActions.move(object, 1)} />
        <Separator className="separator" />
        <Item
          label={object.locked ? strings.objects.unlock : strings.objects.lock}
          action={objectActions.lock}
          act={() => objectActions.toggleLock([object])}
        />
        {!object.locked && (
          <Item
            label={strings.objects.remove}
            action={objectActions.removeSelected}
            act={() => objectActions.remove([object])}
          />
        )}
      </Menu>
      <WhenGone job={afterwards} />
    </Popover>
  );
}

/** The classes, to give one of them or none. */
function ClassMenu({ object, classes }: { object: VideoObject; classes: readonly ObjectClass[] }) {
  const own = classOf(object, classes);
  return (
    <SubmenuTrigger>
      <MenuItem className="menu-item" textValue={strings.classes.menu}>
        <span>{strings.classes.menu}</span>
        <span className="hint">{own?.name ?? strings.classes.none}</span>
      </MenuItem>
      <Popover className="popover" {...beneath}>
        <Menu className="menu" aria-label={strings.classes.menu}>
          {[...classes, null].map((one, place) => (
            <MenuItem
              key={one?.id ?? 'none'}
              className="menu-item colour"
              textValue={one?.name ?? strings.classes.none}
              onAction={() => giveClass([object], one)}
            >
              <span className="dot" style={one ? { background: css(one.colour) } : {}} />
              <span>{one?.name ?? strings.classes.none}</span>
              {one?.id === own?.id && <Icon name="check" size={16} />}
              {one && place < 9 && <PlainKeys shortcut={String(place + 1)} />}
              {!one && <Keys action={clearClass} />}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </SubmenuTrigger>
  );
}

/**
 * Does a job once the menu is gone and has, a frame later, given the focus back to its button: a field to write in
 * would lose it to that.
 */
function WhenGone({ job }: { job: RefObject<(() => void) | null> }) {
  useEffect(
    () => () => {
      const waiting = job.current;
      job.current = null;
      if (waiting) requestAnimationFrame(() => requestAnimationFrame(waiting));
    },
    [job],
  );
  return null;
}

function Item({ label, action, act }: { label: string; action?: Action; act: () => void }) {
  return (
    <MenuItem className="menu-item" textValue={label} onAction={act}>
      <span>{label}</span>
      {action && <Keys action={action} />}
    </MenuItem>
  );
}
