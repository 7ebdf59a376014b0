import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';
import { debounced } from '../../../lib/task.ts';
import { enlarge, pan, pinch } from '../../actions/lens.ts';
import type { Grip, Lens } from '../../model/lens.ts';
import { useView } from '../../stores/view.ts';

/** How fast a wheel enlarges. */
const PACE = 1 / 400;
/** Milliseconds after which a picture that was moved or enlarged rests. */
const REST = 150;

/** Places the pictures as they are looked at. Not by rendering: a wheel turns faster than the stage is rendered. */
export function usePlaced(pictures: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = pictures;
    if (!current) return;
    const { style, dataset } = current;
    const place = ({ scale, x, y }: Lens) => {
      style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      style.setProperty('--lens', String(scale));
    };
    const rest = debounced(() => delete dataset.moving, REST);
    place(useView.getState().lens);
    const end = useView.subscribe((now, before) => {
      if (now.lens === before.lens) return;
      dataset.moving = '';
      place(now.lens);
      rest();
    });
    return () => {
      end();
      rest.cancel();
    };
  }, [pictures]);
}

/** How much the picture is enlarged, once that rests: meanwhile no picture of another size is worth its while. */
export function useRestedScale(): number {
  const [scale, setScale] = useState(() => useView.getState().lens.scale);
  useEffect(() => {
    const rest = debounced(() => setScale(useView.getState().lens.scale), REST);
    const end = useView.subscribe((now, before) => {
      if (now.lens.scale !== before.lens.scale) rest();
    });
    return () => {
      end();
      rest.cancel();
    };
  }, []);
  return scale;
}

/**
 * The wheel and two fingers enlarge to where they are; dragging with Space held, with the middle button or two fingers moves
 * the picture.
 */
export function useLens(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const target = box.current;
    if (!target) return;
    let space = false;
    let dragged: number | null = null;
    let grip: Grip | null = null;
    /** What the first finger is on. */
    let touched: EventTarget | null = null;
    /** From the second finger until the last is lifted: none of them means anything else. */
    let pinching = false;

    const fromMiddle = (clientX: number, clientY: number) => {
      const { left, top, width, height } = target.getBoundingClientRect();
      return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
    };
    const gripOf = ([one, other, more]: readonly Touch[]): Grip | null => {
      if (!one || !other || more) return null;
      const [x, y] = [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2];
      const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      return { apart, ...fromMiddle(x, y) };
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const at = fromMiddle(event.clientX, event.clientY);
      enlarge(Math.exp(-event.deltaY * (event.ctrlKey ? 4 : 1) * PACE), at);
    };
    const touch = (event: TouchEvent) => {
      const now = gripOf([...event.touches]);
      if (now && event.cancelable) event.preventDefault();
      if (now && grip) pinch(grip, now);
      grip = now;
      if (event.touches.length === 0) pinching = false;
    };
    const down = (event: PointerEvent) => {
      if (event.pointerType === 'touch') {
        if (event.isPrimary) touched = event.target;
        else {
          event.stopPropagation();
          // What the first finger has begun, as a stroke of the brush, was none.
          if (!pinching) touched?.dispatchEvent(new PointerEvent('pointercancel', { bubbles: true }));
          pinching = true;
        }
        return;
      }
      if (event.button !== 1 && !(space && event.button === 0)) return;
      event.preventDefault();
      event.stopPropagation();
      if (space) {
        useView.setState({ dragged: true });
        // A button that has the focus would take the release of Space as its own.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      }
      dragged = event.pointerId;
      target.setPointerCapture(event.pointerId);
      target.dataset.panning = '';
    };
    const move = (event: PointerEvent) => {
      if (pinching) event.stopPropagation();
      if (event.pointerId !== dragged) return;
      event.stopPropagation();
      pan(event.movementX, event.movementY);
    };
    const up = (event: PointerEvent) => {
      if (pinching && event.isTrusted) event.stopPropagation();
      if (event.pointerId !== dragged) return;
      dragged = null;
      delete target.dataset.panning;
    };
    const press = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || event.repeat) return;
      space = true;
      useView.setState({ dragged: false });
    };
    const lift = (event: KeyboardEvent) => {
      if (event.code === 'Space') space = false;
    };
    const leave = () => {
      space = false;
    };
    const listening = new AbortController();
    const { signal } = listening;
    target.addEventListener('wheel', wheel, { passive: false, signal });
    for (const type of ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const)
      target.addEventListener(type, touch, { passive: false, signal });
    target.addEventListener('pointerdown', down, { capture: true, signal });
    target.addEventListener('pointermove', move, { capture: true, signal });
    target.addEventListener('pointerup', up, { capture: true, signal });
    target.addEventListener('pointercancel', up, { capture: true, signal });
    window.addEventListener('keydown', press, { capture: true, signal });
    window.addEventListener('keyup', lift, { capture: true, signal });
    window.addEventListener('blur', leave, { signal });
    return () => listening.abort();
  }, [box]);
}
