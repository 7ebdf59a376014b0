import { held, inGroup } from '../model/action.ts';
import { enlarged, FIT, type Framing, type Grip, type Lens, pinched, within } from '../model/lens.ts';
import { useView } from '../stores/view.ts';

/** Changes zoom and place of the picture, once it is laid out. */
const look = (change: (lens: Lens, framing: Framing) => Lens): void =>
  useView.setState(({ lens, framing }) => (framing ? { lens: change(lens, framing) } : {}));

const MIDDLE = { x: 0, y: 0 };

/** Enlarges the picture around a place, in CSS pixels from the middle of the stage. */
export const enlarge = (factor: number, at: { x: number; y: number }): void =>
  look((lens, framing) => enlarged(lens, factor, at, framing));

/** Moves the picture on the stage, by CSS pixels. */
export const pan = (x: number, y: number): void =>
  look((lens, framing) => within({ ...lens, x: lens.x + x, y: lens.y + y }, framing));

/** Enlarges and moves the picture with two fingers. */
export const pinch = (from: Grip, to: Grip): void =>
  look((lens, framing) => pinched(lens, from, to, framing));

const action = inGroup('view', () => useView.getState().framing !== null);

/** Zoom factor of a press of a key or button. */
const STEP = 1.5;

export const closer = held(action('closer', ['u'], () => enlarge(STEP, MIDDLE)));
export const farther = held(action('farther', ['Shift+U'], () => enlarge(1 / STEP, MIDDLE)));

export const fit = action('fit', ['f'], () => useView.setState({ lens: FIT }));

export const actualSize = action('actualSize', ['Shift+F'], () =>
  look((lens, framing) => enlarged(lens, framing.actual / lens.scale, MIDDLE, framing)),
);
