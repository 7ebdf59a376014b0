import { useMemo } from 'react';
import { inClassColours } from '../../model/classes.ts';
import type { VideoObject } from '../../model/objects.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';

/** Objects in the colours that they are shown in: their own, or their classes'. */
export function useColoured(objects: readonly VideoObject[]): readonly VideoObject[] {
  const classes = useDocument((state) => state.classes);
  const byClass = usePreferences((preferences) => preferences.byClass);
  return useMemo(() => (byClass ? inClassColours(objects, classes) : objects), [byClass, objects, classes]);
}
