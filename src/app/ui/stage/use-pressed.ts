import { type MouseEvent, type PointerEvent, useRef } from 'react';

/**
 * Calls back where the picture is pressed; for a finger, which may have come to scroll or to enlarge, only where it is lifted
 * without either.
 */
export function usePressed(press: (event: MouseEvent) => void) {
  const finger = useRef(false);
  return {
    onPointerDown: (event: PointerEvent) => {
      finger.current = event.pointerType === 'touch';
      if (event.button === 0 && !finger.current) press(event);
    },
    onClick: (event: MouseEvent) => {
      if (finger.current) press(event);
      finger.current = false;
    },
  };
}
