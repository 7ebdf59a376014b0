import type { Progress, Stage } from '../src/engine/settings/run.ts';

const DOING: Record<Stage, string> = {
  model: 'loading the model',
  tokens: 'reading frames',
  cluster: 'clustering',
  masks: 'raising masks',
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

/** `0.4 MB`, `86.7 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
