import { type ErrorCode, failure } from '../../lib/errors.ts';
import type { RunSettings } from './run.ts';

type Rule = [name: keyof RunSettings, wants: string, holds: (settings: RunSettings) => boolean];

const whole = (value: number, least: number) => Number.isInteger(value) && value >= least;
const heads = (value: number | readonly number[]) => (typeof value === 'number' ? [value] : value);

const RULES: Rule[] = [
  ['height', 'a whole number of pixels, 16 or more', (s) => whole(s.height, 16)],
  ['width', 'a whole number of pixels, 16 or more', (s) => whole(s.width, 16)],
  ['start', 'a frame number, 0 or more', (s) => whole(s.start, 0)],
  ['end', 'a frame number after the start', (s) => s.end === null || whole(s.end, s.start + 1)],
  ['stride', 'a whole number, 1 or more', (s) => whole(s.stride, 1)],
  ['tau', 'a number above 0', (s) => s.tau > 0 && Number.isFinite(s.tau)],
  ['ratio', 'above 0 and at most 1', (s) => s.ratio > 0 && s.ratio <= 1],
  [
    'temperature',
    'a number above 0, or one a head',
    (s) => heads(s.temperature).length > 0 && heads(s.temperature).every((t) => t > 0 && Number.isFinite(t)),
  ],
  ['pool', '1 or 2', (s) => s.pool === 1 || s.pool === 2],
  ['window', 'a whole number of frames, 1 or more', (s) => whole(s.window, 1)],
  ['k', 'a whole number of clusters, 1 or more', (s) => whole(s.k, 1)],
  ['seed', 'a whole number, 0 or more', (s) => whole(s.seed, 0)],
];

/** Throws `run/bad-setting` for the first setting that no run can have. */
export function checkSettings(settings: RunSettings): void {
  const broken = RULES.find(([, , holds]) => !holds(settings));
  if (!broken) return;
  const [name, wants] = broken;
  throw failure('run/bad-setting' satisfies ErrorCode, { name, value: String(settings[name]), wants });
}

/** One temperature a head, from one number or a list as long as the heads. Throws `run/bad-setting`. */
export function perHead(temperature: RunSettings['temperature'], count: number): number[] {
  if (typeof temperature === 'number') return Array.from({ length: count }, () => temperature);
  if (temperature.length === count) return [...temperature];
  const value = temperature.join(', ');
  throw failure('run/bad-setting', {
    name: 'temperature',
    value,
    wants: `one number, or ${count} (one a head)`,
  });
}
