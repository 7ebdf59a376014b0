import type { Progress, Stage } from '../src/engine/session/result.ts';
import { megabytes } from '../src/lib/bytes.ts';

const DOING: Record<Stage, string> = {
  model: 'loading the model',
  tokens: 'reading frames',
  cluster: 'grouping',
  follow: 'following',
};

/** Progress as one line: `clustering: 120 of 500 rows, 12 s left`. */
export function progressText({ stage, done, total, unit, left }: Progress): string {
  const amount =
    unit === 'bytes'
      ? `${megabytes(done)} of ${megabytes(total)}`
      : `${Math.floor(done)} of ${Math.ceil(total)} ${unit}`;
  const parts = [...(total > 0 ? [amount] : []), ...(left === null ? [] : [`${duration(left)} left`])];
  return parts.length > 0 ? `${DOING[stage]}: ${parts.join(', ')}` : DOING[stage];
}

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
