import { escaped } from '../evaluate/charts.ts';
import type { LossPoint, ValidationPoint } from './checkpoint.ts';
import type { TrainingStart } from './events.ts';
import type { Recipe } from './recipe.ts';

/** What a training was and how it went. */
export interface TrainingRecord {
  model: string;
  /** As it can be typed again. */
  command: string;
  recipe: Recipe;
  start: TrainingStart;
  losses: LossPoint[];
  validations: ValidationPoint[];
  seconds: number;
}

interface Series {
  name: string;
  colour: string;
  points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 720;
const HEIGHT = 240;
const PAD = { left: 64, right: 16, top: 16, bottom: 32 };

/** The training as one page that needs nothing else: what was asked, curves, and every look at the validation clips. */
export function trainingReport({
  model,
  command,
  recipe,
  start,
  losses,
  validations,
  seconds,
}: TrainingRecord): string {
  const loss = (key: 'loss' | 'semantic' | 'motion', name: string, colour: string): Series => ({
    name,
    colour,
    points: smoothed(losses.map((point) => [point.iteration, point[key]] as const)),
  });
  const seen = (
    key: 'separation' | 'positive' | 'negative' | 'spread' | 'tau' | 'j',
    name: string,
    colour: string,
  ) => ({
    name,
    colour,
    points: validations.flatMap((point) => {
      const value = point[key];
      return typeof value === 'number' ? [[point.iteration, value] as const] : [];
    }),
  });
  const scored = validations.some(({ j }) => j !== undefined);
  const charts = [
    chart('Loss (Eq. 9) and its parts', [
      loss('loss', 'L', '#4477aa'),
      loss('semantic', 'L_s', '#228833'),
      loss('motion', 'L_m', '#ee6677'),
    ]),
    chart('Distance M (Eq. 2) on the validation clips', [
      seen('positive', 'to positives', '#228833'),
      seen('negative', 'to negatives', '#ee6677'),
      seen('tau', 'calibrated τ', '#aa3377'),
    ]),
    chart('Separation: negatives above positives, in standard deviations', [
      seen('separation', 'separation', '#4477aa'),
    ]),
    chart('Tokens that a token attends to', [seen('spread', 'exp of the mean entropy', '#66ccee')]),
    ...(scored ? [chart('Mean J', [seen('j', 'J', '#4477aa')])] : []),
  ];
  const facts: [string, string][] = [
    ['model', model],
    ['command', command],
    ['clips', start.clips.join(', ')],
    ['left out', start.skipped.map(({ name, why }) => `${name}: ${why}`).join(' ') || 'none'],
    ['device', `${start.device.device}, ${start.device.threads} threads`],
    ['time', `${Math.round(seconds)} s, ${losses.length} iterations`],
    ['recipe', JSON.stringify(recipe)],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Training of ${escaped(model)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; } td, th { padding: 0.1rem 0.8rem 0.1rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; } svg { width: 100%; } h2 { font-size: 1rem; margin: 1.5rem 0 0; }
</style>
<h1>Training of ${escaped(model)}</h1>
<table>${facts.map(([name, value]) => `<tr><th>${name}<td>${escaped(value)}`).join('\n')}</table>
${charts.join('\n')}
<h2>Validation</h2>
<table><tr><th>iteration<th>separation<th>to positives<th>to negatives<th>spread<th>τ<th>clusters${scored ? '<th>J' : ''}
${validations.map((point) => validationRow(point, scored)).join('\n')}
</table>
</html>
`;
}

function validationRow(point: ValidationPoint, scored: boolean): string {
  const { iteration, separation, positive, negative, spread, tau, clusters, j } = point;
  const cells = [separation, positive, negative, spread, tau, clusters, ...(scored ? [j ?? null] : [])];
  return `<tr><td>${iteration}${cells.map((value) => `<td>${value === null ? '–' : short(value)}`).join('')}`;
}

/** Running mean over a twentieth of the points: single clips differ more than iterations do. */
function smoothed(points: Series['points']): Series['points'] {
  const reach = Math.floor(points.length / 40);
  return points.map(([x], at) => {
    const near = points.slice(Math.max(0, at - reach), at + reach + 1);
    return [x, near.reduce((sum, [, y]) => sum + y, 0) / near.length];
  });
}

/** Lines over the iteration, from zero up. */
function chart(title: string, series: readonly Series[]): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const right = Math.max(1, ...all.map(([x]) => x));
  const top = Math.max(...all.map(([, y]) => y), 1e-9);
  const x = (value: number) => PAD.left + (value / right) * (WIDTH - PAD.left - PAD.right);
  const y = (value: number) => HEIGHT - PAD.bottom - (value / top) * (HEIGHT - PAD.top - PAD.bottom);
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    return `<line x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${PAD.left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${short(share * top)}</text>`;
  });
  const lines = drawn.map(({ colour, points }) => {
    const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"/>`;
  });
  const legend = drawn.map(
    ({ name, colour }, at) =>
      `<text x="${WIDTH - PAD.right}" y="${PAD.top + 14 * at}" text-anchor="end" fill="${colour}">${name}</text>`,
  );
  return `<h2>${title}</h2>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}" font-size="11" font-family="system-ui, sans-serif">
${[...grid, ...lines, ...legend].join('\n')}
<text x="${WIDTH - PAD.right}" y="${HEIGHT - 10}" text-anchor="end">iteration ${right}</text>
</svg>`;
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
