import { type PromptedTokens, promptedTokens } from '../follow/prompted.ts';
import type { Records } from '../follow/records.ts';
import type { Click } from '../mask/corrections.ts';
import { nearestFrame } from '../mask/upsample.ts';
import { failure } from './errors.ts';
import type { RunResult } from './result.ts';

/**
 * The object of a followed run that clicks point at. `shown`: a clip frame; the answer covers only the frames between the
 * clicks and it. Throws `run/no-clicks`.
 */
export function answerClicks(
  { frames, grid, followed }: Pick<RunResult, 'frames' | 'grid' | 'followed'>,
  records: Records,
  clicks: readonly Click[],
  shown?: number,
): PromptedTokens {
  if (!followed?.apart) throw failure('run/no-clicks');
  const at = (share: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  const seeds = clicks.map(({ frame, x, y, positive }) => ({
    place: nearestFrame(frames, frame),
    token: at(y, grid.rows) * grid.columns + at(x, grid.columns),
    positive,
  }));
  const place = shown === undefined ? undefined : nearestFrame(frames, shown);
  return promptedTokens(seeds, records, followed.apart, place);
}
