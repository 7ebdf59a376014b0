import { stat } from 'node:fs/promises';
import type { Availability, Library } from '../../src/engine/model/library.ts';
import type { ModelEntry } from '../../src/engine/model/types.ts';
import { failure } from '../../src/lib/errors.ts';
import { defineCommand, type Io, usage, type Values } from '../command.ts';
import {
  bring,
  bringFrom,
  isAddress,
  modelOptions,
  openModels,
  typedHeads,
  weightFile,
} from '../models/choose.ts';
import { megabytes } from '../progress.ts';
import { table } from '../table.ts';

const { heads, yes } = modelOptions;
const options = { heads, yes };

export const command = defineCommand({
  name: 'models',
  summary: 'Lists, adds and removes models',
  usage: '[list | add ID_FILE_OR_URL | remove ID] [OPTIONS]',
  options,

  async run({ values, positionals }, io) {
    const [what = 'list', ...rest] = positionals;
    const { library } = openModels();
    if (what === 'list' && rest.length === 0) return list(library, io);
    const [named, ...more] = rest;
    if (named !== undefined && more.length === 0) {
      if (what === 'add') return add(library, named, values, io);
      if (what === 'remove') return remove(library, named, io);
    }
    throw usage('models', 'Say list, add with one model, file or address, or remove with one model.');
  },
});

const quality = ({ paper, measured }: ModelEntry): string => {
  if (paper) return `J&F ${paper.davisJf} (paper’s system)`;
  return measured ? `${measured.measure}: ${measured.percent} (ours)` : '';
};

const state = ({ embedded }: ModelEntry, { here, verified, arrived }: Availability): string => {
  if (embedded) return 'comes with the app';
  if (here) return verified ? 'here' : 'here, its host gave no hash';
  return arrived > 0 ? `${megabytes(arrived)} here` : 'to download';
};

async function list(library: Library, io: Io): Promise<number> {
  const models = await Promise.all(
    (await library.entries()).map(async (entry) => ({ ...entry, ...(await library.availability(entry)) })),
  );
  const rows = models.map((model) => [
    model.id,
    megabytes(model.file.bytes + (model.correlator?.bytes ?? 0)),
    state(model, model),
    model.licence,
    quality(model),
  ]);
  io.result({ models }, table(['model', 'size', 'where', 'licence', 'quality'], rows));
  return 0;
}

async function add(library: Library, named: string, values: Values<typeof options>, io: Io): Promise<number> {
  const entry = await added(library, named, values, io);
  io.result({ entry }, `${entry.id}: ${entry.name}. ${entry.summary}`);
  return 0;
}

async function added(
  library: Library,
  named: string,
  values: Values<typeof options>,
  io: Io,
): Promise<ModelEntry> {
  const agreed = values.yes === true;
  const typed = typedHeads('models', values);
  const entries = await library.entries();
  const known = entries.find(({ id }) => id === named);
  if (known) {
    await bring(library, known, agreed, io);
    return known;
  }
  if (isAddress(named)) return bringFrom(library, named, { ...typed, agreed }, io);
  const found = await stat(named).catch(() => null);
  if (!found?.isFile())
    throw failure('cli/no-model', { name: named, known: entries.map(({ id }) => id).join(', ') });
  return library.add(await weightFile(named), { ...typed, keep: true });
}

/** Removes what the cache holds of a model, whole or in part. */
async function remove(library: Library, named: string, io: Io): Promise<number> {
  const stored = (await library.stored()).filter(
    ({ models, key }) => models.includes(named) || key === named,
  );
  if (stored.length === 0) throw failure('models/not-kept', { name: named });
  for (const { key } of stored) await library.remove(key);
  const bytes = stored.reduce((sum, { arrived }) => sum + arrived, 0);
  io.result({ removed: stored }, `${named} is removed: ${megabytes(bytes)} freed.`);
  return 0;
}
