import { PATTERNS, type Pattern, patternCell } from '../../../engine/mask/paint.ts';
import type { VideoObject } from '../../model/objects.ts';
import { css, patternAt } from '../../model/palette.ts';

/** Where the cell of each pattern is inked, as one path of unit squares. */
const PATHS = Object.fromEntries(
  PATTERNS.map((pattern) => [
    pattern,
    Array.from(patternCell(pattern), (inked, i) =>
      inked === 1 ? `M${i % 8} ${Math.floor(i / 8)}h1v1h-1z` : '',
    ).join(''),
  ]),
) as Record<Pattern, string>;

/** An object's colour, with its pattern where patterns are on, and the digit that selects it. */
export function Swatch({
  object,
  place,
  patterned,
}: {
  object: VideoObject;
  place: number;
  patterned: boolean;
}) {
  const pattern = patterned && !object.background ? patternAt(place) : 'solid';
  const digit = !object.background && object.number !== undefined && object.number < 10;
  const id = `pattern-${pattern}-${object.id}`;
  return (
    <svg
      className="swatch"
      data-patterned={pattern !== 'solid' || undefined}
      width="26"
      height="26"
      viewBox="0 0 26 26"
      aria-hidden="true"
    >
      {pattern !== 'solid' && (
        <defs>
          <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse">
            <rect width="8" height="8" fill={css(object.colour)} opacity="0.45" />
            <path d={PATHS[pattern]} fill={css(object.colour)} />
          </pattern>
        </defs>
      )}
      <rect width="26" height="26" rx="7" fill={pattern === 'solid' ? css(object.colour) : `url(#${id})`} />
      {digit && (
        <text x="13" y="17.5" textAnchor="middle">
          {object.number}
        </text>
      )}
    </svg>
  );
}
