import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { OwnKeys } from '../model/keys.ts';

export type Theme = 'system' | 'light' | 'dark';

/** What a person has set for all clips; kept in this browser. */
export interface Preferences {
  theme: Theme;
  /** Opacity of the objects' areas, 0..1. */
  opacity: number;
  outlines: boolean;
  patterns: boolean;
  /** Darkens everything but the shown objects, instead of colouring them. */
  spotlight: boolean;
  /** The model last chosen; null: the page's own. */
  model: string | null;
  /** Shortcuts of the person's own, by the name of the action. */
  keys: OwnKeys;
  /** Whether the first steps were taken or put away. */
  guided: boolean;
}

export const usePreferences = create<Preferences>()(
  persist(
    (): Preferences => ({
      theme: 'system',
      opacity: 0.5,
      outlines: true,
      patterns: false,
      spotlight: false,
      model: null,
      keys: {},
      guided: false,
    }),
    { name: 'unprompted.preferences', version: 1 },
  ),
);
