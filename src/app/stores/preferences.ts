import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { type Overlay, USUAL_OVERLAY } from '../model/appearance.ts';
import type { OwnKeys } from '../model/keys.ts';

/** Heights that the lanes on the timeline can have, in rem. */
export const LANES = { least: 1.25, usual: 5.5, most: 24 } as const;

export type Theme = 'system' | 'light' | 'dark';

/** What a user has set for all clips; kept in this browser. */
interface Preferences extends Overlay {
  theme: Theme;
  /** Objects have the colours of their classes, where there are classes. */
  byClass: boolean;
  /** The list has the background areas that are hidden in the picture, too. */
  backgrounds: boolean;
  /** Height of the objects' lanes on the timeline, in rem. */
  lanes: number;
  /** The model last chosen; null: the page's own. */
  model: string | null;
  /** Shortcuts of the user's own, by the name of the action. */
  keys: OwnKeys;
  /** Whether the first steps were taken or dismissed: on a sample, and on a clip of one's own. */
  guided: boolean;
  guidedOwn: boolean;
}

export const usePreferences = create<Preferences>()(
  persist(
    (): Preferences => ({
      theme: 'system',
      byClass: false,
      backgrounds: false,
      ...USUAL_OVERLAY,
      lanes: LANES.usual,
      model: null,
      keys: {},
      guided: false,
      guidedOwn: false,
    }),
    { name: 'unprompted.preferences', version: 1 },
  ),
);
