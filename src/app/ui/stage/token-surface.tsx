import type { KeyboardEvent, PointerEvent } from 'react';
import type { Grid } from '../../../engine/backend/types.ts';
import { sameToken } from '../../actions/attention.ts';
import type { TokenAt } from '../../stores/view.ts';

/** What the arrow keys move a place on the grid by. */
export const STEPS: Record<string, readonly [row: number, column: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface Props {
  label: string;
  grid: Grid;
  /** Processed frame that is seen. */
  frame: number;
  pinned: TokenAt | null;
  onPoint?: (token: TokenAt) => void;
  onPin: (token: TokenAt) => void;
  onUnpin: () => void;
}

/** Where a token is pointed at or pinned, by pointer, which unpins it where it is; focused, the arrow keys move the pin from token to token. */
export function TokenSurface({ label, grid, frame, pinned, onPoint, onPin, onUnpin }: Props) {
  const { rows, columns } = grid;
  const clamp = (at: number, count: number) => Math.min(count - 1, Math.max(0, at));
  const under = (event: PointerEvent): TokenAt => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return {
      frame,
      row: clamp(Math.floor(((event.clientY - bounds.top) / bounds.height) * rows), rows),
      column: clamp(Math.floor(((event.clientX - bounds.left) / bounds.width) * columns), columns),
    };
  };
  const move = (event: KeyboardEvent) => {
    const middle = { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
    const from = pinned ?? middle;
    const step = event.key === 'Enter' || event.key === ' ' ? [0, 0] : STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onPin({
      frame,
      row: clamp(from.row + step[0]!, rows),
      column: clamp(from.column + step[1]!, columns),
    });
  };
  return (
    <>
      <button
        type="button"
        className="token-surface"
        aria-label={label}
        onPointerMove={(event) => onPoint?.(under(event))}
        onPointerDown={(event) => {
          const token = under(event);
          if (pinned && sameToken(pinned, token)) onUnpin();
          else onPin(token);
        }}
        onKeyDown={move}
      />
      {pinned && (
        <span
          className="pin"
          data-elsewhere={pinned.frame !== frame || undefined}
          aria-hidden="true"
          style={{
            left: `${((pinned.column + 0.5) / columns) * 100}%`,
            top: `${((pinned.row + 0.5) / rows) * 100}%`,
          }}
        />
      )}
    </>
  );
}
