import { inGroup } from '../model/action.ts';
import { enlarged, FIT, within } from '../model/lens.ts';
import { useView } from '../stores/view.ts';

/** Enlarges the picture around a place, in CSS pixels from the middle of the stage. */
export function enlarge(factor: number, at: { x: number; y: number }): void {
  useView.setState(({ lens, framing }) => (framing ? { lens: enlarged(lens, factor, at, framing) } : {}));
}

/** Moves the picture on the stage, by CSS pixels. */
export function pan(x: number, y: number): void {
  useView.setState(({ lens, framing }) =>
    framing ? { lens: within({ ...lens, x: lens.x + x, y: lens.y + y }, framing) } : {},
  );
}

const action = inGroup('view', () => useView.getState().framing !== null);

export const fit = action('fit', ['f'], () => useView.setState({ lens: FIT }));

export const actualSize = action('actualSize', ['Shift+F'], () => {
  const { lens, framing } = useView.getState();
  if (framing) enlarge(framing.actual / lens.scale, { x: 0, y: 0 });
});
