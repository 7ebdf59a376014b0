import { type RefObject, useEffect } from 'react';
import { enlarge, pan } from '../../actions/lens.ts';
import { useView } from '../../stores/view.ts';

/** How fast a wheel enlarges. */
const PACE = 1 / 400;

/**
 * The wheel enlarges to the pointer; dragging with Space held, or with the middle button, moves the picture. Space alone
 * plays, so what it has started is taken back once it is dragged with.
 */
export function useLens(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const target = box.current;
    if (!target) return;
    let space: { speed: number; frame: number } | null = null;
    let dragged: number | null = null;

    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top, width, height } = target.getBoundingClientRect();
      const at = { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
      enlarge(Math.exp(-event.deltaY * (event.ctrlKey ? 4 : 1) * PACE), at);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 1 && !(space && event.button === 0)) return;
      event.preventDefault();
      event.stopPropagation();
      if (space) useView.setState(space);
      dragged = event.pointerId;
      target.setPointerCapture(event.pointerId);
      target.dataset.panning = '';
    };
    const move = (event: PointerEvent) => {
      if (event.pointerId !== dragged) return;
      event.stopPropagation();
      pan(event.movementX, event.movementY);
    };
    const up = (event: PointerEvent) => {
      if (event.pointerId !== dragged) return;
      dragged = null;
      delete target.dataset.panning;
    };
    // Before the shortcuts hear of it.
    const press = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || event.repeat) return;
      const { speed, frame } = useView.getState();
      space = { speed, frame };
    };
    const lift = (event: KeyboardEvent) => {
      if (event.code === 'Space') space = null;
    };
    const leave = () => {
      space = null;
    };
    target.addEventListener('wheel', wheel, { passive: false });
    target.addEventListener('pointerdown', down, true);
    target.addEventListener('pointermove', move, true);
    target.addEventListener('pointerup', up, true);
    target.addEventListener('pointercancel', up, true);
    window.addEventListener('keydown', press, true);
    window.addEventListener('keyup', lift, true);
    window.addEventListener('blur', leave);
    return () => {
      target.removeEventListener('wheel', wheel);
      target.removeEventListener('pointerdown', down, true);
      target.removeEventListener('pointermove', move, true);
      target.removeEventListener('pointerup', up, true);
      target.removeEventListener('pointercancel', up, true);
      window.removeEventListener('keydown', press, true);
      window.removeEventListener('keyup', lift, true);
      window.removeEventListener('blur', leave);
    };
  }, [box]);
}
