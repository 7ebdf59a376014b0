import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  ToggleButton as AriaToggle,
  type ButtonProps,
  type ToggleButtonProps,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import type { Action } from '../../model/action.ts';
import { keyNames, keysOf, onMac } from '../../model/keys.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { Icon, type IconName } from './icons.tsx';

type Variant = 'primary' | 'plain' | 'quiet' | 'danger';

export function Button({
  variant = 'plain',
  icon,
  children,
  ...rest
}: Omit<ButtonProps, 'children'> & { variant?: Variant; icon?: IconName; children: ReactNode }) {
  return (
    <AriaButton {...rest} className={`button button-${variant}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </AriaButton>
  );
}

type Shortcut = Pick<Action, 'id' | 'keys'>;

/** The first of the shortcuts that an action answers to now, if any. */
export function Keys({ shortcut }: { shortcut: Shortcut }) {
  const [now] = keysOf(
    shortcut,
    usePreferences((preferences) => preferences.keys),
  );
  return now && <PlainKeys shortcut={now} />;
}

/** A shortcut, key by key. */
export function PlainKeys({ shortcut }: { shortcut: string }) {
  return (
    <span className="keys">
      {keyNames(shortcut, onMac()).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

function Tip({ label, shortcut, children }: { label: string; shortcut?: Shortcut; children: ReactNode }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {label}
        {shortcut && <Keys shortcut={shortcut} />}
      </Tooltip>
    </TooltipTrigger>
  );
}

interface Iconed {
  icon: IconName;
  label: string;
  shortcut?: Shortcut;
}

/** A button of an icon: its name is its tooltip, and stands beside it where it is `named` and there is room. */
export function IconButton({
  icon,
  label,
  shortcut,
  named = false,
  ...rest
}: Omit<ButtonProps, 'children' | 'aria-label'> & Iconed & { named?: boolean }) {
  return (
    <Tip label={label} {...(shortcut ? { shortcut } : {})}>
      <AriaButton {...rest} aria-label={label} className="icon-button" data-named={named || undefined}>
        <Icon name={icon} />
        {named && <span>{label}</span>}
      </AriaButton>
    </Tip>
  );
}

export function IconToggle({
  icon,
  label,
  shortcut,
  ...rest
}: Omit<ToggleButtonProps, 'children' | 'aria-label'> & Iconed) {
  return (
    <Tip label={label} {...(shortcut ? { shortcut } : {})}>
      <AriaToggle {...rest} aria-label={label} className="icon-button">
        <Icon name={icon} />
      </AriaToggle>
    </Tip>
  );
}
