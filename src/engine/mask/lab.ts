/**
 * CIELAB in 8 bits, as OpenCV has it: L · 255/100, a + 128 and b + 128, by its integer arithmetic (sRGB, D65). A picture
 * of random colours differs from OpenCV's by one step in 5 of 100,000 values, where its tables round otherwise.
 */

/** Bits behind the point of linear light, of the matrix, and of cube roots. */
const LINEAR = 3;
const MATRIX = 12;
const ROOT = 15;

const linear = Uint16Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return Math.round(255 * 2 ** LINEAR * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
});

/** f of CIELAB; linear below (6/29)³. A little room above white. */
const root = Uint16Array.from({ length: 384 * 2 ** LINEAR }, (_, value) => {
  const v = value / (255 * 2 ** LINEAR);
  return Math.round(2 ** ROOT * (v < 216 / 24389 ? (v * 841) / 108 + 16 / 116 : Math.cbrt(v)));
});

/** RGB to XYZ over white, in 12 bits. */
const [XR, XG, XB] = [1777, 1541, 778];
const [YR, YG, YB] = [871, 2929, 296];
const [ZR, ZG, ZB] = [73, 448, 3575];

/** L = 116 f(Y) − 16 of 100, times 255/100, and halves to round. */
const HALF = 2 ** (ROOT - 1);
const L_SCALE = 296;
const L_SHIFT = HALF - 1_336_934;
const AB_SHIFT = HALF + 2 ** (ROOT + 7);

const byte = (value: number) => (value < 0 ? 0 : Math.min(value, 255));

/** L, a and b of a colour, packed as (L << 16) | (a << 8) | b. */
export function labOf(red: number, green: number, blue: number): number {
  const [r, g, b] = [linear[red]!, linear[green]!, linear[blue]!];
  const round = 1 << (MATRIX - 1);
  const fx = root[(XR * r + XG * g + XB * b + round) >> MATRIX]!;
  const fy = root[(YR * r + YG * g + YB * b + round) >> MATRIX]!;
  const fz = root[(ZR * r + ZG * g + ZB * b + round) >> MATRIX]!;
  const lightness = (L_SCALE * fy + L_SHIFT) >> ROOT;
  const redness = (500 * (fx - fy) + AB_SHIFT) >> ROOT;
  const yellowness = (200 * (fy - fz) + AB_SHIFT) >> ROOT;
  return (byte(lightness) << 16) | (byte(redness) << 8) | byte(yellowness);
}
