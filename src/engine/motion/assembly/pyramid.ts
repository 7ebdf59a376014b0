// For a frame: its level of the pyramid, derivatives and structure tensors. test/plain-pyramid.ts is the twin.

import { BORDER, LEAST_DETERMINANT, PATCH, TENSOR } from '../flow-constants.ts';
import {
  columns,
  gradientX,
  gradientY,
  height,
  line,
  own,
  pitch,
  rows,
  stride,
  tensors,
  width,
} from './level.ts';

/** luma [height, width] → the finest level, in whole numbers of 0…255. */
export function round(luma: usize): void {
  const half = f32x4.splat(0.5);
  const black = f32x4.splat(0);
  const white = f32x4.splat(255);
  for (let y = 0; y < height; y++) {
    const from = luma + line * y;
    const to = own + pitch * y;
    for (let x: usize = 0; x < line; x += 16) {
      const whole = f32x4.floor(f32x4.add(v128.load(from + x), half));
      v128.store(to + x, f32x4.min(white, f32x4.max(black, whole)));
    }
  }
}

/** Means over the area that a pixel covers on the finer level, at most three pixels wide and high. */
export function shrink(fine: usize, fineWidth: i32, fineHeight: i32, fineFloatsOfRow: i32): void {
  const finePitch = (<usize>fineFloatsOfRow) << 2;
  const area = <f64>(fineWidth * fineHeight);
  for (let y = 0; y < height; y++) {
    const firstRow = (y * fineHeight) / height;
    const above = covered(y, firstRow, height, fineHeight);
    const middle = covered(y, firstRow + 1, height, fineHeight);
    const below = covered(y, firstRow + 2, height, fineHeight);
    const to = own + pitch * y;
    for (let x = 0; x < width; x++) {
      const first = (x * fineWidth) / width;
      const left = covered(x, first, width, fineWidth);
      const centre = covered(x, first + 1, width, fineWidth);
      const right = covered(x, first + 2, width, fineWidth);
      let from = fine + finePitch * firstRow + ((<usize>first) << 2);
      let sum = above * part(from, left, centre, right);
      from += finePitch;
      sum += middle * part(from, left, centre, right);
      // Behind the last row there may be anything.
      if (below > 0) sum += below * part(from + finePitch, left, centre, right);
      store<f32>(to + ((<usize>x) << 2), <f32>floor<f64>(sum / area + 0.5));
    }
  }
}

/** How much of a fine pixel a coarse one covers, along an axis: in whole parts, of which a fine pixel has `parts`. */
function covered(coarse: i32, fine: i32, parts: i32, side: i32): f64 {
  const end = min((coarse + 1) * side, (fine + 1) * parts);
  return <f64>max(0, end - max(coarse * side, fine * parts));
}

function part(at: usize, left: f64, centre: f64, right: f64): f64 {
  return left * <f64>load<f32>(at) + centre * <f64>load<f32>(at, 4) + right * <f64>load<f32>(at, 8);
}

/** Repeats the border pixels around the level. */
export function surround(): void {
  const margin = (<usize>BORDER) << 2;
  for (let y = 0; y < height; y++) {
    const row = own + pitch * y;
    const first = v128.load32_splat(row);
    const last = v128.load32_splat(row + line - 4);
    for (let x: usize = 0; x < margin; x += 16) {
      v128.store(row - margin + x, first);
      v128.store(row + line + x, last);
    }
  }
  const top = own - margin;
  const bottom = top + pitch * (height - 1);
  for (let y = 1; y <= BORDER; y++) {
    memory.copy(top - pitch * y, top, pitch);
    memory.copy(bottom + pitch * y, bottom, pitch);
  }
}

/**
 * Sobel derivatives; the image goes on mirrored about its outermost pixels. What is written behind the last row is 0 by x, as
 * the first row by y is that lies there, and by y makes way for tensors.
 */
export function derive(): void {
  const two = f32x4.splat(2);
  for (let y = 0; y < height; y++) {
    const middle = own + pitch * y;
    const above = y > 0 ? middle - pitch : middle + pitch;
    const below = y < height - 1 ? middle + pitch : middle - pitch;
    const byX = gradientX + line * y;
    const byY = gradientY + line * y;
    for (let x: usize = 0; x < line; x += 16) {
      const nw = v128.load(above + x - 4);
      const ne = v128.load(above + x, 4);
      const sw = v128.load(below + x - 4);
      const se = v128.load(below + x, 4);
      const across = f32x4.sub(v128.load(middle + x, 4), v128.load(middle + x - 4));
      const down = f32x4.sub(v128.load(below + x), v128.load(above + x));
      const east = f32x4.sub(f32x4.add(ne, se), f32x4.add(nw, sw));
      const south = f32x4.sub(f32x4.add(sw, se), f32x4.add(nw, ne));
      v128.store(byX + x, f32x4.add(east, f32x4.mul(two, across)));
      v128.store(byY + x, f32x4.add(south, f32x4.mul(two, down)));
    }
    // The mirror image of the pixel beside the outermost has to stand in for the border's.
    const last = line - 4;
    store<f32>(byX, 0);
    store<f32>(byX + last, 0);
    store<f32>(byY, 2 * (load<f32>(below, 4) - load<f32>(above, 4) + load<f32>(below) - load<f32>(above)));
    store<f32>(
      byY + last,
      2 *
        (load<f32>(below + last - 4) -
          load<f32>(above + last - 4) +
          load<f32>(below + last) -
          load<f32>(above + last)),
    );
  }
}

/** Structure tensors of the patches, inverted and times the gain, and their mean derivatives. sums: scratch of five rows, a few floats longer each. */
export function sum(sums: usize, widthOfSums: i32, gain: f64): void {
  const plane = (<usize>widthOfSums) << 2;
  let at = tensors;
  for (let row = 0; row < rows; row++) {
    const top = line * (stride * row);
    for (let x: usize = 0; x < line; x += 16) {
      let xx = f32x4.splat(0);
      let xy = f32x4.splat(0);
      let yy = f32x4.splat(0);
      let sumX = f32x4.splat(0);
      let sumY = f32x4.splat(0);
      // Whole numbers below 2^24: exact.
      let pixel = top + x;
      for (let i = 0; i < PATCH; i++) {
        const gx = v128.load(gradientX + pixel);
        const gy = v128.load(gradientY + pixel);
        pixel += line;
        xx = f32x4.add(xx, f32x4.mul(gx, gx));
        xy = f32x4.add(xy, f32x4.mul(gx, gy));
        yy = f32x4.add(yy, f32x4.mul(gy, gy));
        sumX = f32x4.add(sumX, gx);
        sumY = f32x4.add(sumY, gy);
      }
      const to = sums + x;
      v128.store(to, xx);
      v128.store(to + plane, xy);
      v128.store(to + 2 * plane, yy);
      v128.store(to + 3 * plane, sumX);
      v128.store(to + 4 * plane, sumY);
    }
    for (let column = 0; column < columns; column++) {
      const left = sums + ((<usize>(stride * column)) << 2);
      const xx = total(left);
      const xy = total(left + plane);
      const yy = total(left + 2 * plane);
      const determinant = xx * yy - xy * xy;
      const scale = gain / (abs<f64>(determinant) < LEAST_DETERMINANT ? LEAST_DETERMINANT : determinant);
      store<f32>(at, <f32>(yy * scale));
      store<f32>(at, <f32>(-xy * scale), 4);
      store<f32>(at, <f32>(xx * scale), 8);
      store<f32>(at, <f32>(total(left + 3 * plane) / (PATCH * PATCH)), 12);
      store<f32>(at, <f32>(total(left + 4 * plane) / (PATCH * PATCH)), 16);
      at += TENSOR << 2;
    }
  }
}

/** Of a patch's eight columns, in 64 bits: determinants are small differences of large numbers. */
function total(at: usize): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < PATCH; i++) sum += <f64>load<f32>(at + ((<usize>i) << 2));
  return sum;
}
