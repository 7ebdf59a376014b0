import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { exportAction } from '../../actions/export.ts';
import { openModels } from '../../actions/models.ts';
import * as page from '../../actions/page.ts';
import { frameRate } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useObjects } from '../../stores/objects.ts';
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
  const info = useClip((clip) => clip.info);
  const state = useProject((project) => project.state);
  const found = useRun((run) => run.result !== null);
  const history = useObjects((objects) => objects.history);
  const past = history.past.at(-1);
  const future = history.future[0];
  return (
    <header className="bar">
      <div className="bar-name">
        <Mark />
        <h1>{strings.name}</h1>
      </div>
      {info && (
        <p className="bar-clip">
          <strong>{info.name}</strong>
          <span>
            {strings.bar.facts(info.width, info.height, info.frameCount, rate(frameRate(info.timestamps)))}
          </span>
          {state && (
            <span className="bar-kept" data-state={state}>
              {strings.project.states[state]}
            </span>
          )}
        </p>
      )}
      <div className="bar-tools">
        {info && (
          <>
            <IconButton
              icon="undo"
              label={past ? strings.bar.undoEdit(past.label) : strings.bar.undo}
              shortcut={page.undo.keys[0]!}
              isDisabled={!past}
              onPress={() => void page.undo.run()}
            />
            <IconButton
              icon="redo"
              label={future ? strings.bar.redoEdit(future.label) : strings.bar.redo}
              shortcut={page.redo.keys[0]!}
              isDisabled={!future}
              onPress={() => void page.redo.run()}
            />
            <IconButton
              icon="export"
              named
              label={strings.bar.export}
              shortcut={exportAction.keys[0]!}
              isDisabled={!found}
              onPress={() => void exportAction.run()}
            />
            <ProjectMenu />
          </>
        )}
        <IconButton
          icon="layers"
          label={strings.bar.models}
          shortcut={openModels.keys[0]!}
          onPress={() => void openModels.run()}
        />
        <ThemeMenu />
        <IconButton
          icon="help"
          label={strings.bar.help}
          shortcut={page.help.keys[0]!}
          onPress={() => void page.help.run()}
        />
      </div>
    </header>
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
