import { type ClipboardEvent, type FormEvent, useRef } from 'react';
import { Checkbox, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import * as classActions from '../../actions/classes.ts';
import { LONGEST_CLASS_NAME, namesIn, type ObjectClass } from '../../model/classes.ts';
import { css } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Fold } from '../parts/fold.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.classes;

/** The classes that objects can have: their names, colours and numbers, and a field for more. */
export function Classes() {
  const classes = useDocument((state) => state.classes);
  const open = useView((view) => view.classes);
  return (
    <div className="classes">
      <Fold
        title={words.title(classes.length)}
        isExpanded={open}
        onExpandedChange={(next) => useView.setState({ classes: next })}
      >
        {classes.length > 0 && (
          <ol className="class-list" aria-label={words.list}>
            {classes.map((one, place) => (
              <ClassRow key={one.id} one={one} place={place} last={place === classes.length - 1} />
            ))}
          </ol>
        )}
        <AddClasses />
        {classes.length > 0 && <ByClass />}
      </Fold>
    </div>
  );
}

function ClassRow({ one, place, last }: { one: ObjectClass; place: number; last: boolean }) {
  const picking = useRef({});
  return (
    <li className="class-row">
      <span className="class-number">{place + 1}</span>
      <input
        type="color"
        className="class-colour"
        aria-label={words.colour(one.name)}
        value={css(one.colour)}
        onChange={(event) =>
          classActions.recolourClass(one, Number.parseInt(event.target.value.slice(1), 16), picking.current)
        }
      />
      <input
        // Undo brings another name.
        key={one.name}
        className="input class-name"
        aria-label={words.name(place + 1)}
        defaultValue={one.name}
        maxLength={LONGEST_CLASS_NAME}
        onBlur={({ currentTarget }) => {
          if (!classActions.renameClass(one, currentTarget.value)) currentTarget.value = one.name;
        }}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.value = one.name;
          if (key === 'Enter' || key === 'Escape') currentTarget.blur();
        }}
      />
      <MenuTrigger>
        <IconButton icon="more" label={words.more(one.name)} />
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" aria-label={words.more(one.name)}>
            {place > 0 && <Item label={strings.objects.up} act={() => classActions.moveClass(one, -1)} />}
            {!last && <Item label={strings.objects.down} act={() => classActions.moveClass(one, 1)} />}
            <Item label={strings.objects.remove} act={() => classActions.removeClass(one)} />
          </Menu>
        </Popover>
      </MenuTrigger>
    </li>
  );
}

const Item = ({ label, act }: { label: string; act: () => void }) => (
  <MenuItem className="menu-item" textValue={label} onAction={act}>
    {label}
  </MenuItem>
);

/** A field for one name or several. A list that is pasted is added at once. */
function AddClasses() {
  const field = useRef<HTMLInputElement>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!field.current) return;
    classActions.addClasses(field.current.value);
    field.current.value = '';
  };
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData('text');
    if (event.currentTarget.value.trim() !== '' || namesIn(text).length < 2) return;
    event.preventDefault();
    classActions.addClasses(text);
  };
  return (
    <form className="class-add" onSubmit={add}>
      <input
        ref={field}
        className="input"
        aria-label={words.add}
        placeholder={words.example}
        onPaste={paste}
      />
      <Button type="submit">{words.addShort}</Button>
      <IconButton icon="folder" label={words.import} onPress={classActions.importClasses} />
      <p className="hint">{words.hint}</p>
    </form>
  );
}

function ByClass() {
  const byClass = usePreferences((preferences) => preferences.byClass);
  return (
    <Checkbox
      className="check"
      isSelected={byClass}
      onChange={(next) => usePreferences.setState({ byClass: next })}
    >
      <span className="check-box">
        <Icon name="check" size={14} />
      </span>
      {words.byClass}
    </Checkbox>
  );
}
