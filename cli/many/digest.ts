import { createHash } from 'node:crypto';
import type { RunSettings } from '../../src/engine/settings/run.ts';
import type { ModelEntry } from '../../src/engine/weights/types.ts';

/**
 * All that decides the output of a clip, besides the clip: what was typed, with the device that was chosen on this machine, the
 * model and the program.
 */
export interface Making {
  version: string;
  model: Pick<ModelEntry, 'id' | 'file' | 'correlator'>;
  typed: Partial<RunSettings>;
  most: number;
  everything: boolean;
  single: boolean;
  edges: boolean | undefined;
  exports: readonly string[];
}

/**
 * Digest of how a clip is segmented, in hexadecimal: if it differs, the clip is segmented again. `sizes`: bytes of the clip's
 * files, which distinguish another clip of the same name. The order in which settings and exports are typed does not matter.
 */
export function digestOf({ model, exports, ...making }: Making, sizes: readonly number[]): string {
  const weights = [model.file, model.correlator].map((file) => file?.sha256 ?? file?.bytes ?? null);
  const all = { ...making, model: model.id, weights, exports: [...exports].sort(), sizes };
  return createHash('sha256').update(canonical(all)).digest('hex');
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${entries.join(',')}}`;
}
