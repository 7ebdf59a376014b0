import type { Progress, Stage } from '../src/engine/run.ts';

const DOING: Record<Stage, string> = {
  model: 'loading the model',
  tokens: 'reading frames',
  cluster: 'clustering',
  masks: 'raising masks',
};

/** Progress as one line: `clustering: 120 of 500 rows, 12 s left`. */
export function progressText({ stage, done, total, unit, left }: Progress): string {
  const time = left === null ? '' : `, ${duration(left)} left`;
  return `${DOING[stage]}: ${Math.floor(done)} of ${Math.ceil(total)} ${unit}${time}`;
}

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
