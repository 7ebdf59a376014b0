import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { VideoFormats } from '../../engine/export/encoders.ts';
import type { ExportNote } from '../../engine/export/notes.ts';
import type { ExportProgress } from '../../engine/export/types.ts';
import { type ExportChoice, USUAL_CHOICE } from '../model/exports.ts';

/** What the last export of this clip gave. */
export interface Exported {
  name: string;
  bytes: number;
  frames: number;
  notes: readonly ExportNote[];
}

interface ExportState {
  /** The dialog is open. */
  open: boolean;
  /** How this browser would encode the clip at the chosen quality; null until it is known. */
  formats: VideoFormats | null;
  /** Clip frame of what is written for one frame. */
  frame: number;
  running: boolean;
  progress: ExportProgress | null;
  done: Exported | null;
}

export const useExport = create<ExportState>()(() => ({
  open: false,
  formats: null,
  frame: 0,
  running: false,
  progress: null,
  done: null,
}));

/** What a user last exported and how; kept in this browser. */
export const useExportChoice = create<ExportChoice>()(
  persist((): ExportChoice => ({ ...USUAL_CHOICE }), { name: 'unprompted.export', version: 1 }),
);
