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

/** The first of the shortcuts that an action answers to now, if any. */
export function Keys({ action }: { action: Action }) {
  const own = usePreferences((preferences) => preferences.keys);
  const [now] = keysOf(action, own);
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

/** An icon that stands for words; `action`: what it does by default, and whose shortcut its tooltip shows. */
interface Iconed {
  icon: IconName;
  label: string;
  action?: Action;
}

/** A tooltip: what something is for, when it is hovered or focused. */
export function Tip({ label, action, children }: Omit<Iconed, 'icon'> & { children: ReactNode }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {label}
        {action && <Keys action={action} />}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** A button of an icon: its name is its tooltip, and stands beside it where it is `named` and there is room. */
export function IconButton({
  icon,
  label,
  action,
  named = false,
  onPress = () => void action?.run(),
  ...rest
}: Omit<ButtonProps, 'children' | 'aria-label'> & Iconed & { named?: boolean }) {
  return (
    <Tip label={label} {...(action && { action })}>
      <AriaButton
        {...rest}
        onPress={onPress}
        aria-label={label}
        className="icon-button"
        data-named={named || undefined}
      >
        <Icon name={icon} />
        {named && <span>{label}</span>}
      </AriaButton>
    </Tip>
  );
}

export function IconToggle({
  icon,
  label,
  action,
  ...rest
}: Omit<ToggleButtonProps, 'children' | 'aria-label' | 'onChange'> & Iconed & { action: Action }) {
  return (
    <Tip label={label} action={action}>
      <AriaToggle {...rest} onChange={() => void action.run()} aria-label={label} className="icon-button">
        <Icon name={icon} />
      </AriaToggle>
    </Tip>
  );
}
