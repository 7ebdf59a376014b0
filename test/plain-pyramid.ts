import { assertPixels, type Layout, type Level } from '../src/engine/motion/flow.ts';
import { BORDER, LEAST_DETERMINANT, PATCH, TENSOR } from '../src/engine/motion/flow-constants.ts';

/**
 * Writes a prepared frame: on every level the image with its borders, its derivatives and its patches' structure tensors.
 * @param luma [height, width], 0…255
 * @param gain of the quality, which the inverse tensors are multiplied with
 * @param into `layout.floats` long
 * @throws RangeError where `luma` has another length
 */
export function preparePyramid(luma: Float32Array, layout: Layout, gain: number, into: Float32Array): void {
  const { levels, stride } = layout;
  assertPixels(luma, layout);
  for (const [scale, level] of levels.entries()) {
    if (scale === 0) round(luma, level, into);
    else shrink(levels[scale - 1]!, level, into);
    repeatBorders(level, into);
    derive(level, into);
    sumPatches(level, stride, gain, into);
  }
}

/** Whole numbers, as decoders give them and as the coarser levels are. */
function round(luma: Float32Array, { width, height, pitch, origin }: Level, into: Float32Array): void {
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, at = origin + y * pitch; x < width; x++, from++, at++)
      into[at] = Math.min(255, Math.max(0, Math.floor(luma[from]! + 0.5)));
}

/** Means over the area that a pixel covers on the finer level: 2 × 2 pixels, or a little more where its sides are odd. */
function shrink(fine: Level, coarse: Level, into: Float32Array): void {
  const across = covered(fine.width, coarse.width);
  const down = covered(fine.height, coarse.height);
  const area = fine.width * fine.height;
  for (let y = 0; y < coarse.height; y++) {
    const top = fine.origin + down.first[y]! * fine.pitch;
    for (let x = 0; x < coarse.width; x++) {
      const corner = top + across.first[x]!;
      let sum = 0;
      for (let i = 0; i < TAPS; i++) {
        const row = corner + i * fine.pitch;
        const part =
          across.parts[TAPS * x]! * into[row]! +
          across.parts[TAPS * x + 1]! * into[row + 1]! +
          across.parts[TAPS * x + 2]! * into[row + 2]!;
        // A row of no weight may lie behind the image, and there may be anything in there.
        if (down.parts[TAPS * y + i]! > 0) sum += down.parts[TAPS * y + i]! * part;
      }
      into[coarse.origin + y * coarse.pitch + x] = Math.floor(sum / area + 0.5);
    }
  }
}

/** Pixels of a finer axis that one of a coarser axis may cover: its length is over 2 and below 3. */
const TAPS = 3;

/** The first pixel that each covers, and how much of it and the next two: in whole parts, of which a fine pixel has `coarse`. */
function covered(fine: number, coarse: number) {
  const first = new Int32Array(coarse);
  const parts = new Int32Array(TAPS * coarse);
  for (let at = 0; at < coarse; at++) {
    first[at] = Math.floor((at * fine) / coarse);
    for (let tap = 0; tap < TAPS; tap++) {
      const pixel = first[at]! + tap;
      const end = Math.min((at + 1) * fine, (pixel + 1) * coarse);
      parts[TAPS * at + tap] = Math.max(0, end - Math.max(at * fine, pixel * coarse));
    }
  }
  return { first, parts };
}

function repeatBorders({ width, height, pitch, origin }: Level, into: Float32Array): void {
  for (let y = 0; y < height; y++) {
    const row = origin + y * pitch;
    into.fill(into[row]!, row - BORDER, row);
    into.fill(into[row + width - 1]!, row + width, row + width + BORDER);
  }
  const first = origin - BORDER;
  const last = first + (height - 1) * pitch;
  for (let y = 1; y <= BORDER; y++) {
    into.copyWithin(first - y * pitch, first, first + pitch);
    into.copyWithin(last + y * pitch, last, last + pitch);
  }
}

/** Sobel derivatives; the image goes on mirrored about its outermost pixels, which are not repeated. */
function derive({ width, height, pitch, origin, gradientX, gradientY }: Level, into: Float32Array): void {
  for (let y = 0, at = 0; y < height; y++) {
    const middle = origin + y * pitch;
    const above = origin + (y > 0 ? y - 1 : 1) * pitch;
    const below = origin + (y < height - 1 ? y + 1 : height - 2) * pitch;
    for (let x = 0; x < width; x++, at++) {
      const left = x > 0 ? x - 1 : 1;
      const right = x < width - 1 ? x + 1 : width - 2;
      const nw = into[above + left]!;
      const ne = into[above + right]!;
      const sw = into[below + left]!;
      const se = into[below + right]!;
      into[gradientX + at] = ne + se - nw - sw + 2 * (into[middle + right]! - into[middle + left]!);
      into[gradientY + at] = sw + se - nw - ne + 2 * (into[below + x]! - into[above + x]!);
    }
  }
}

/** Structure tensors of the patches, inverted and times the gain, and their mean derivatives. */
function sumPatches(level: Level, stride: number, gain: number, into: Float32Array): void {
  const { width, height, gradientX, gradientY, columns, rows, tensors } = level;
  // Sums over the eight pixels of a patch's row: exact, since derivatives are whole numbers.
  const lines = new Float64Array(TENSOR * columns * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let column = 0; column < columns; column++, at += TENSOR) {
      const start = y * width + stride * column;
      let [xx, xy, yy, x, y_] = [0, 0, 0, 0, 0];
      for (let i = start; i < start + PATCH; i++) {
        const gx = into[gradientX + i]!;
        const gy = into[gradientY + i]!;
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
        x += gx;
        y_ += gy;
      }
      lines[at] = xx;
      lines[at + 1] = xy;
      lines[at + 2] = yy;
      lines[at + 3] = x;
      lines[at + 4] = y_;
    }
  }
  const pitch = TENSOR * columns;
  for (let row = 0, at = tensors; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += TENSOR) {
      let [xx, xy, yy, x, y] = [0, 0, 0, 0, 0];
      const start = stride * row * pitch + TENSOR * column;
      for (let i = start; i < start + PATCH * pitch; i += pitch) {
        xx += lines[i]!;
        xy += lines[i + 1]!;
        yy += lines[i + 2]!;
        x += lines[i + 3]!;
        y += lines[i + 4]!;
      }
      const determinant = xx * yy - xy * xy;
      const scale = gain / (Math.abs(determinant) < LEAST_DETERMINANT ? LEAST_DETERMINANT : determinant);
      into[at] = yy * scale;
      into[at + 1] = -xy * scale;
      into[at + 2] = xx * scale;
      into[at + 3] = x / PATCH ** 2;
      into[at + 4] = y / PATCH ** 2;
    }
  }
}
