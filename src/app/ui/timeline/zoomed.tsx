import { type ReactNode, useEffect, useRef } from 'react';
import { zoomBy } from '../../actions/playback.ts';
import { positionOf } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useView } from '../../stores/view.ts';

/** Share of the window that the playhead keeps from its edges. */
const MARGIN = 0.1;

/** The tracks, drawn wider than their window by the zoom and scrolled so that the playhead stays in sight. */
export function Zoomed({ children }: { children: ReactNode }) {
  const frame = useView((view) => view.frame);
  const zoom = useView((view) => view.zoom);
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const scroller = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const { clientWidth: room, scrollLeft: from } = current;
    const at = positionOf(frame, count) * room * zoom;
    const seen = at >= from + MARGIN * room && at <= from + (1 - MARGIN) * room;
    if (!seen) current.scrollLeft = at - room / 2;
  }, [frame, zoom, count]);

  useEffect(() => {
    const { current } = scroller;
    if (!current) return;
    // Pinching on a touchpad comes as a wheel with Ctrl; left alone it would zoom the page.
    const pinch = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 200));
    };
    current.addEventListener('wheel', pinch, { passive: false });
    return () => current.removeEventListener('wheel', pinch);
  }, []);

  return (
    <div
      className="tracks-window"
      data-zoomed={zoom > 1 || undefined}
      ref={scroller}
      // Lanes keep their names in sight by it.
      onScroll={({ currentTarget }) =>
        currentTarget.style.setProperty('--scrolled', `${currentTarget.scrollLeft}px`)
      }
    >
      <div className="tracks" style={{ width: `${zoom * 100}%` }}>
        {children}
      </div>
    </div>
  );
}
