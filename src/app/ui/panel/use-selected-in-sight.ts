import { type RefObject, useEffect } from 'react';
import { useDocument } from '../../stores/document.ts';

/**
 * Scrolls the list to an object that was selected elsewhere, as by a tap on the picture of a phone, whose list lies below the
 * screen's edge.
 */
export function useSelectedInSight(list: RefObject<HTMLElement | null>): void {
  const last = useDocument(({ selected }) => [...selected].at(-1));
  useEffect(() => {
    if (last === undefined || list.current?.contains(document.activeElement)) return;
    list.current?.querySelector(`[data-key="${last}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [last, list]);
}
