import type { Cells } from '../../lib/size.ts';
import type { Grid } from '../backend/types.ts';
import { openOverflow } from '../tokens/overflow.ts';
import { MEMORY_BYTES, Records, recordBytes } from './records.ts';

/**
 * Records for the frames of a clip, those beyond `MEMORY_BYTES` in a file. `crowded`: all will be in memory, as the browser
 * gives no file.
 */
export async function roomFor(grid: Grid, cells: Cells): Promise<{ records: Records; crowded: boolean }> {
  const long = grid.frames * recordBytes(grid, cells) > MEMORY_BYTES;
  const overflow = long ? await openOverflow() : null;
  return { records: new Records(grid, cells, overflow), crowded: long && !overflow };
}
