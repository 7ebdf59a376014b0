import { resolve } from 'node:path';
import { defineCommand, usage } from '../command.ts';
import { mergeIndexes, readIndexes, tableOf, writeIndex } from '../many/index-file.ts';
import { makeFolder } from '../write.ts';

/** Most names that are listed; --json has them all. */
const MOST_NAMED = 20;

export const command = defineCommand({
  name: 'merge',
  summary: 'Joins the indexes of parts of a list of clips, and says what is missing',
  usage: 'DIR… [--out DIR]',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'DIR',
      help: 'folder for index.json and index.csv (the first folder)',
    },
  },

  async run({ values, positionals }, io) {
    const [first] = positionals;
    if (first === undefined)
      throw usage('merge', 'Give the folders that unprompted segment has written into.');
    const indexes = (await Promise.all(positionals.map(readIndexes))).flat();
    const { index, missing, absent } = mergeIndexes(indexes);
    const out = values.out ?? first;
    await makeFolder(out);
    await writeIndex(out, index);

    for (const { index: part, of } of absent) io.note(`Part ${part} of ${of} has no index.`);
    for (const { clip, shard } of missing.slice(0, MOST_NAMED))
      io.note(`${clip} is missing${shard ? ` (part ${shard.index} of ${shard.of})` : ''}.`);
    if (missing.length > MOST_NAMED) io.note(`${missing.length - MOST_NAMED} more are missing.`);
    const done = index.clips.filter(({ error }) => error === null).length;
    const failed = index.clips.length - done;
    const text = `${done} done, ${failed} failed, ${missing.length} missing: ${resolve(out)}`;
    io.result({ ...index, missing, absent }, `${tableOf(index.clips)}\n\n${text}`);
    return failed === 0 && missing.length === 0 ? 0 : 1;
  },
});
