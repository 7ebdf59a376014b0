import { type KeyboardEvent, memo, useRef, useState } from 'react';
import { ACTIONS } from '../../actions/table.ts';
import type { Action } from '../../model/action.ts';
import { assigned, keyNames, keysOf, onMac, ownerOf, written } from '../../model/keys.ts';
import { announce } from '../../stores/notices.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button, PlainKeys } from '../parts/button.tsx';
import { ModalDialog } from '../parts/modal-dialog.tsx';
import { Soon } from '../parts/soon.tsx';

const words = strings.help;
const GROUPS = Object.keys(words.groups) as (keyof typeof words.groups)[];

/** The table of shortcuts, as it is; every one can be changed. */
export default function HelpDialog() {
  const open = useView((view) => view.help);
  const own = usePreferences((preferences) => preferences.keys);
  return (
    <ModalDialog title={words.title} open={open} onClose={() => useView.setState({ help: false })}>
      <div className="help-groups">
        <Soon>
          <Groups />
        </Soon>
      </div>
      <footer className="help-foot">
        <p>{words.hint}</p>
        {Object.keys(own).length > 0 && (
          <Button variant="quiet" onPress={() => usePreferences.setState({ keys: {} })}>
            {words.reset}
          </Button>
        )}
      </footer>
    </ModalDialog>
  );
}

/** What can be done, by groups, with the keys for it. */
function Groups() {
  const [changing, setChanging] = useState<Action['id'] | null>(null);
  return GROUPS.map((group) => (
    <section key={group}>
      <h3>{words.groups[group]}</h3>
      <dl>
        {ACTIONS.filter((action) => action.group === group).map((action) => (
          <div key={action.id} className="help-row">
            <dt>{action.label}</dt>
            <dd>
              <Shortcut action={action} changing={changing === action.id} onChange={setChanging} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}

interface ShortcutProps {
  action: Action;
  changing: boolean;
  onChange: (changing: Action['id'] | null) => void;
}

const named = (shortcut: string) => keyNames(shortcut, onMac()).join(' ');

/**
 * An action's keys; pressed, it takes the next keys instead. Keys that mean something else have to be pressed twice. A plain
 * button: there are so many that the page's own take too long to appear.
 */
const Shortcut = memo(function Shortcut({ action, changing, onChange }: ShortcutProps) {
  const keys = usePreferences((preferences) => keysOf(action, preferences.keys));
  const [conflict, setConflict] = useState<string | null>(null);
  /** The key that was taken is not lifted yet. */
  const held = useRef(false);
  const end = () => {
    setConflict(null);
    onChange(null);
  };
  const take = (shortcut: string) => {
    const { keys: own } = usePreferences.getState();
    const owner = ownerOf(shortcut, ACTIONS, own);
    if (owner && owner.id !== action.id && conflict !== shortcut) {
      setConflict(shortcut);
      announce(words.taken(named(shortcut), owner.label));
      return;
    }
    usePreferences.setState({ keys: assigned(own, action, shortcut, ACTIONS) });
    announce(words.changed(named(shortcut), action.label));
    end();
  };
  const press = (event: KeyboardEvent) => {
    const shortcut = changing ? written(event) : null;
    if (shortcut) take(shortcut);
    else if (changing && event.key === 'Escape') end();
    // Escape is for the dialog, Tab for the next one.
    else return;
    held.current = true;
    event.preventDefault();
    event.stopPropagation();
  };
  // Nine keys in one are what they are.
  if (action.keys.includes('1-9')) return keys.map((key) => <PlainKeys key={key} shortcut={key} />);
  const taken = conflict && ownerOf(conflict, ACTIONS, usePreferences.getState().keys);
  return (
    <button
      type="button"
      className="shortcut"
      aria-label={words.change(action.label)}
      data-changing={changing || undefined}
      onClick={({ currentTarget }) => {
        // Not every browser does so.
        currentTarget.focus();
        onChange(changing ? null : action.id);
      }}
      onBlur={changing ? end : undefined}
      onKeyDown={press}
      onKeyUp={(event) => {
        // Space would press the button.
        if (held.current) event.preventDefault();
        held.current = false;
      }}
    >
      {changing ? (
        <span className="shortcut-hint">
          {taken ? words.taken(named(conflict), taken.label) : words.press}
        </span>
      ) : keys.length > 0 ? (
        keys.map((key) => <PlainKeys key={key} shortcut={key} />)
      ) : (
        <span className="shortcut-hint">{words.none}</span>
      )}
    </button>
  );
});
