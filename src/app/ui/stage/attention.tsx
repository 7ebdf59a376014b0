import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { workers } from '../../connection.ts';
import { latest } from '../../model/latest.ts';
import { heat } from '../../model/palette.ts';
import { nearest } from '../../model/timeline.ts';
import { showFailure } from '../../stores/notices.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { type AttentionMap, type TokenAt, useView } from '../../stores/view.ts';
import { strings } from '../../strings.ts';

/**
 * Attention over the frame (Fig. 1): point at a token to see where it attends, click to pin it. The frame between two
 * key frames shows the map of the nearest.
 */
export function AttentionLayer() {
  const result = useRun((run) => run.result)!;
  const frame = useView((view) => view.frame);
  const pinned = useView((view) => view.pinned);
  const attention = useView((view) => view.attention);
  const idle = useRun((run) => run.phase === 'idle');
  const [ask] = useState(() =>
    latest<TokenAt>(async (token) => {
      const map = await workers().engine.attention(token.frame, token.row, token.column);
      if (useView.getState().mode === 'attention') useView.setState({ attention: { of: token, ...map } });
    }, showFailure),
  );
  const opacity = usePreferences((preferences) => preferences.opacity);
  const { grid, frames } = result;

  const under = (event: PointerEvent): TokenAt => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const place = (at: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(at * count)));
    return {
      frame: nearest(frames, frame),
      row: place((event.clientY - bounds.top) / bounds.height, grid.rows),
      column: place((event.clientX - bounds.left) / bounds.width, grid.columns),
    };
  };
  const look = (token: TokenAt) => {
    if (idle) ask(token);
  };

  const key = attention && attention.frames.length > 0 ? nearest(attention.frames, frame) : null;
  const keyFrame = key === null ? null : attention!.frames[key]!;
  return (
    <>
      {attention && key !== null && (
        <HeatMap attention={attention} place={key} opacity={0.3 + 0.7 * opacity} />
      )}
      <div
        className="attention-layer"
        onPointerMove={(event) => pinned === null && look(under(event))}
        onPointerDown={(event) => {
          const token = under(event);
          useView.setState({ pinned: token });
          look(token);
        }}
      />
      {attention && pinned && (
        <span
          className="pin"
          aria-hidden="true"
          style={{
            left: `${((pinned.column + 0.5) / grid.columns) * 100}%`,
            top: `${((pinned.row + 0.5) / grid.rows) * 100}%`,
          }}
        />
      )}
      <p className="stage-hint">
        {pinned ? strings.stage.attentionPinned : strings.stage.attentionHint}
        {keyFrame !== null && keyFrame !== frame && (
          <span> {strings.stage.nearestKeyFrame(keyFrame + 1)}</span>
        )}
      </p>
    </>
  );
}

/** One key frame of a map as a picture of grid size, smoothed by the browser as it is scaled up. */
export function HeatMap({
  attention,
  place: key,
  opacity,
}: {
  attention: AttentionMap;
  place: number;
  opacity: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const grid = useRun((run) => run.result?.grid);
  useEffect(() => {
    if (!canvas.current || !grid) return;
    const { rows, columns } = grid;
    const { map } = attention;
    canvas.current.width = columns;
    canvas.current.height = rows;
    const image = new ImageData(columns, rows);
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    for (const value of map) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (let i = 0; i < rows * columns; i++) {
      // One scale for all key frames, so that they can be compared.
      const value = high > low ? (map[key * rows * columns + i]! - low) / (high - low) : 0;
      image.data.set([...heat(value), Math.round(255 * (0.55 + 0.35 * value))], 4 * i);
    }
    canvas.current.getContext('2d')!.putImageData(image, 0, 0);
  }, [attention, key, grid]);
  return <canvas ref={canvas} className="heat" style={{ opacity }} />;
}
