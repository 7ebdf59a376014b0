import { smoothed } from '../../model/adapt.ts';
import { strings } from '../../words/strings.ts';

const words = strings.adapt;
const WIDTH = 900;
const HEIGHT = 240;
const PAD = { left: 44, right: 8, top: 10, bottom: 22 };

/** The loss of every iteration, faint, and its running mean over the whole training that is to come. */
export function Curve({ losses, iterations }: { losses: readonly number[]; iterations: number }) {
  const top = Math.max(...losses, 1e-9) * 1.05;
  const x = (iteration: number) =>
    PAD.left + (iteration / Math.max(1, iterations)) * (WIDTH - PAD.left - PAD.right);
  const y = (loss: number) => HEIGHT - PAD.bottom - (loss / top) * (HEIGHT - PAD.top - PAD.bottom);
  const line = (values: readonly number[]) =>
    values.map((loss, at) => `${x(at + 1).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
  const mean = smoothed(losses);
  const last = mean.at(-1);
  return (
    <svg
      className="adapt-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={last === undefined ? words.curve : words.curveValue(losses.length, short(last))}
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={PAD.left} x2={WIDTH - PAD.right} y1={y(share * top)} y2={y(share * top)} />
          {losses.length > 0 && (
            <text x={PAD.left - 6} y={y(share * top)} textAnchor="end" dominantBaseline="middle">
              {short(share * top)}
            </text>
          )}
        </g>
      ))}
      <text x={WIDTH - PAD.right} y={HEIGHT - 4} textAnchor="end">
        {words.iterations(iterations)}
      </text>
      <polyline className="adapt-raw" points={line(losses)} />
      <polyline className="adapt-mean" points={line(mean)} />
      {last !== undefined && <circle cx={x(losses.length)} cy={y(last)} r="3.5" />}
    </svg>
  );
}

/** Three digits, no more. */
export const short = (value: number): string => String(Number(value.toPrecision(3)));
