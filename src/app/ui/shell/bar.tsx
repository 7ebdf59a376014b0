import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { exportAction } from '../../actions/export.ts';
import { openModels } from '../../actions/models.ts';
import * as page from '../../actions/page.ts';
import { frameRate } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { type Theme, usePreferences } from '../../stores/preferences.ts';
import { useProject } from '../../stores/project.ts';
import { useRun } from '../../stores/run.ts';
import { rate } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';
import { Icon, Mark } from '../parts/icons.tsx';
import { ProjectMenu } from './project-menu.tsx';

const THEMES = Object.keys(strings.bar.themes) as Theme[];

export function Bar() {
  const open = useClip((clip) => clip.info !== null);
  return (
    <header className="bar">
      <div className="bar-name">
        <Mark />
        <h1>{strings.name}</h1>
      </div>
      {open && <ClipFacts />}
      <div className="bar-tools">
        {open && (
          <>
            <Undo />
            <Redo />
            <Export />
            <ProjectMenu />
          </>
        )}
        <IconButton icon="layers" label={strings.bar.models} action={openModels} />
        <ThemeMenu />
        <IconButton icon="help" label={strings.bar.help} action={page.help} />
      </div>
    </header>
  );
}

// Each hears of its own alone: an edit changes what can be undone, and twice whether all is saved.

function ClipFacts() {
  const info = useClip((clip) => clip.info);
  const state = useProject((project) => project.state);
  if (!info) return null;
  const { name, width, height, frameCount, timestamps } = info;
  return (
    <p className="bar-clip">
      <strong>{name}</strong>
      <span>{strings.bar.facts(width, height, frameCount, rate(frameRate(timestamps)))}</span>
      {state && (
        <span className="bar-kept" data-state={state}>
          {strings.project.states[state]}
        </span>
      )}
    </p>
  );
}

function Undo() {
  const past = useDocument(({ history }) => history.past.at(-1)?.label);
  const label = past === undefined ? strings.bar.undo : strings.bar.undoEdit(past);
  return <IconButton icon="undo" label={label} action={page.undo} isDisabled={past === undefined} />;
}

function Redo() {
  const future = useDocument(({ history }) => history.future[0]?.label);
  const label = future === undefined ? strings.bar.redo : strings.bar.redoEdit(future);
  return <IconButton icon="redo" label={label} action={page.redo} isDisabled={future === undefined} />;
}

function Export() {
  const found = useRun((run) => run.result !== null);
  return (
    <IconButton icon="export" named label={strings.bar.export} action={exportAction} isDisabled={!found} />
  );
}

function ThemeMenu() {
  const theme = usePreferences((preferences) => preferences.theme);
  return (
    <MenuTrigger>
      <IconButton icon="theme" label={strings.bar.theme} />
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={strings.bar.theme}
          selectionMode="single"
          selectedKeys={[theme]}
          disallowEmptySelection
        >
          {THEMES.map((id) => (
            <MenuItem
              key={id}
              id={id}
              className="menu-item"
              textValue={strings.bar.themes[id]}
              onAction={() => usePreferences.setState({ theme: id })}
            >
              <span>{strings.bar.themes[id]}</span>
              {id === theme && <Icon name="check" size={16} />}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
