import { strings } from '../words/strings.ts';

/** One thing a user can do. Buttons, the shortcuts and the help all read it. */
export interface Action {
  id: keyof typeof strings.actions;
  label: string;
  group: keyof typeof strings.help.groups;
  /** Shortcuts as keys.ts writes them; the first is the one shown. */
  keys: readonly string[];
  /** Its key does it again and again while it is held; absent: once. */
  held?: true;
  /** Whether it can be done now. Absent: always. */
  enabled?(): boolean;
  /** `key`: what was pressed, where one action takes several. */
  run(key?: string): unknown;
}

/** Makes the actions of a group, which can be done whenever `usual` says so, or always, unless they say when themselves. */
export const inGroup =
  (group: Action['group'], usual?: () => boolean) =>
  (id: Action['id'], keys: readonly string[], run: Action['run'], enabled = usual): Action => ({
    id,
    label: strings.actions[id],
    group,
    keys,
    run,
    ...(enabled && { enabled }),
  });

/** The same action, done again and again while its key is held. */
export const held = (action: Action): Action => ({ ...action, held: true });
