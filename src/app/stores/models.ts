import { create } from 'zustand';
import type { StoredWeights } from '../../engine/model/library.ts';
import type { ModelCost } from '../../engine/session/api.ts';
import type { DownloadProgress } from '../../engine/weights/fetch.ts';
import type { UnpromptedError } from '../../lib/failure.ts';

/** Weights whose heads the user has to say: a file of theirs, or an address that has been fetched already. */
export type Headless = File | string;

interface ModelsState {
  /** The picker is open. */
  open: boolean;
  /** What each model costs, by its id. */
  costs: ReadonlyMap<string, ModelCost>;
  /** Files of weights that this browser keeps, whole or in part. */
  stored: readonly StoredWeights[];
  /** Bytes that the browser keeps for this page, and would; null where it does not say. */
  space: { used: number; most: number } | null;
  /** Models and addresses under way, by id or URL; null until the first bytes. */
  downloads: ReadonlyMap<string, DownloadProgress | null>;
  /** What went wrong, by id or URL; under `own` with a file of the user's. */
  failures: ReadonlyMap<string, UnpromptedError>;
  /** Id or URL whose host, size and licence the user is being shown. */
  asking: string | null;
  headless: Headless | null;
}

export const useModels = create<ModelsState>()(() => ({
  open: false,
  costs: new Map(),
  stored: [],
  space: null,
  downloads: new Map(),
  failures: new Map(),
  asking: null,
  headless: null,
}));

/** Whether a model can run without the network. */
export const isHere = (costs: ModelsState['costs'], id: string): boolean => costs.get(id)?.here ?? false;
