import type { Flow } from './flow.ts';

/**
 * Two flows agree at a pixel where |f₊(p) + f₋(p + f₊(p))|² ≤ RELATIVE · (|f₊(p)|² + |f₋(p + f₊(p))|²) + ABSOLUTE, in
 * pixels² (Sundaram, Brox and Keutzer, “Dense point trajectories by GPU-accelerated large displacement optical flow”, 2010).
 */
const RELATIVE = 0.01;
const ABSOLUTE = 0.5;

/**
 * Where the flow to another frame and the flow back from there agree: 1, else 0; 0 also where the way leads out of the frame.
 * [height, width]
 * @throws RangeError where the flows differ in size
 */
export function agreement(there: Flow, back: Flow): Uint8Array<ArrayBuffer> {
  const { width, height, xy } = there;
  assertSize(back.xy.length, 2, there);
  const agrees = new Uint8Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const [u, v] = [xy[2 * pixel]!, xy[2 * pixel + 1]!];
      const [toX, toY] = [x + u, y + v];
      if (!(toX >= 0 && toY >= 0 && toX <= width - 1 && toY <= height - 1)) continue;
      const backX = bilinear(back.xy, there, toX, toY, 2, 0);
      const backY = bilinear(back.xy, there, toX, toY, 2, 1);
      const off = (u + backX) ** 2 + (v + backY) ** 2;
      const size = u * u + v * v + backX * backX + backY * backY;
      agrees[pixel] = Number(off <= RELATIVE * size + ABSOLUTE);
    }
  }
  return agrees;
}

/**
 * A map of labels of another frame, as it looks in this one: every pixel takes the label of where the flow takes it, or
 * `unknown` where that is outside of the frame or not trusted. All [height, width].
 * @param flow from this frame to the one that the labels are of
 * @param trusted 1 where the flow is to be believed (`agreement`); absent: everywhere
 * @throws RangeError where a map has another size than the flow
 */
export function carryLabels<Labels extends Uint8Array | Uint16Array | Int32Array>(
  labels: Labels,
  flow: Flow,
  unknown: number,
  trusted?: Uint8Array,
): Labels {
  const { width, height, xy } = flow;
  assertSize(labels.length, 1, flow);
  if (trusted) assertSize(trusted.length, 1, flow);
  const carried = labels.slice() as Labels;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const column = Math.round(x + xy[2 * pixel]!);
      const row = Math.round(y + xy[2 * pixel + 1]!);
      const inside = column >= 0 && row >= 0 && column < width && row < height;
      const known = inside && (!trusted || trusted[pixel] === 1);
      carried[pixel] = known ? labels[row * width + column]! : unknown;
    }
  }
  return carried;
}

/**
 * The same for numbers, such as probabilities or luma: interpolated, and those of the border where the flow leads out of the
 * frame. Not trusted: `unknown`.
 * @throws RangeError where a map has another size than the flow
 */
export function carryValues(
  values: Float32Array,
  flow: Flow,
  unknown = 0,
  trusted?: Uint8Array,
): Float32Array<ArrayBuffer> {
  const { width, height, xy } = flow;
  assertSize(values.length, 1, flow);
  if (trusted) assertSize(trusted.length, 1, flow);
  const carried = new Float32Array(values.length);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++)
      carried[pixel] =
        trusted && trusted[pixel] !== 1
          ? unknown
          : bilinear(values, flow, x + xy[2 * pixel]!, y + xy[2 * pixel + 1]!, 1, 0);
  return carried;
}

/** Of [height, width, channels]; the border is repeated. */
function bilinear(
  values: Float32Array,
  { width, height }: Flow,
  x: number,
  y: number,
  channels: number,
  channel: number,
): number {
  const atX = Math.min(width - 1, Math.max(0, x));
  const atY = Math.min(height - 1, Math.max(0, y));
  const [left, top] = [Math.floor(atX), Math.floor(atY)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const at = (column: number, row: number) => values[channels * (row * width + column) + channel]!;
  const above = at(left, top) + (atX - left) * (at(right, top) - at(left, top));
  const below = at(left, bottom) + (atX - left) * (at(right, bottom) - at(left, bottom));
  return above + (atY - top) * (below - above);
}

function assertSize(length: number, channels: number, { width, height }: Flow): void {
  if (length !== channels * width * height)
    throw new RangeError(`A flow of ${width} × ${height} does not fit a map of ${length / channels} pixels.`);
}
