import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { closeClip, openAction } from '../../actions/open.ts';
import * as project from '../../actions/project.ts';
import { strings } from '../../words/strings.ts';
import { IconButton, Keys } from '../parts/button.tsx';

const words = strings.project;

/** What can be done with the work on the open clip as a whole. */
export function ProjectMenu() {
  return (
    <MenuTrigger>
      <IconButton icon="folder" label={words.menu} />
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={words.menu}>
          <MenuItem className="menu-item" textValue={openAction.label} onAction={() => void openAction.run()}>
            <span>{openAction.label}</span>
            <Keys shortcut={openAction.keys[0]!} />
          </MenuItem>
          <Separator className="separator" />
          <MenuItem
            className="menu-item"
            textValue={words.save}
            onAction={() => void project.saveProject(false)}
          >
            <span>{words.save}</span>
            <Keys shortcut={project.save.keys[0]!} />
          </MenuItem>
          <MenuItem
            className="menu-item"
            textValue={words.saveWithClip}
            onAction={() => void project.saveProject(true)}
          >
            <span>{words.saveWithClip}</span>
          </MenuItem>
          <Separator className="separator" />
          <MenuItem className="menu-item" textValue={words.close} onAction={() => void closeClip()}>
            <span>{words.close}</span>
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
