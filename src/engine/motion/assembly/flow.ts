// Dense inverse search in AssemblyScript, with SIMD. flow-pyramid.ts and flow-plain.ts are its twins, and say what and why. The
// host (flow-wasm.ts) lays out the memory (flow.ts) and calls
// - for a frame, from the finest level to the coarsest: begin; round for the first and shrink for the others; surround; derive;
//   sum;
// - for a pair, from the coarsest to the finest: begin; enlarge but for the first; start; search; densify.
// Addresses are in bytes. Numbers in memory are f32. Vectors of four may read and write a little behind a row.

import { BEYOND, BORDER, LEAST_DETERMINANT, PASSES, PATCH, STRIPES, TENSOR } from '../flow-constants.ts';

const AREA = <f32>(PATCH * PATCH);
/** A patch that begins there is beyond the border as a whole; and with the pixels behind a last patch. */
const FIRST = <f32>1 - <f32>PATCH;
const FAR = <f32>-BEYOND;

// The level that is worked on: first pixels of both images inside their borders, derivatives and tensors of the first.
let own: usize = 0;
let other: usize = 0;
let gradientX: usize = 0;
let gradientY: usize = 0;
let tensors: usize = 0;
let width: i32 = 0;
let height: i32 = 0;
/** Bytes from row to row of an image, and of its derivatives. */
let pitch: usize = 0;
let line: usize = 0;
let columns: i32 = 0;
let rows: i32 = 0;
let stride: i32 = 0;

export function begin(
  ownOrigin: usize,
  otherOrigin: usize,
  x: usize,
  y: usize,
  tensor: usize,
  levelWidth: i32,
  levelHeight: i32,
  floatsOfRow: i32,
  patchColumns: i32,
  patchRows: i32,
  patchStride: i32,
): void {
  own = ownOrigin;
  other = otherOrigin;
  gradientX = x;
  gradientY = y;
  tensors = tensor;
  width = levelWidth;
  height = levelHeight;
  pitch = (<usize>floatsOfRow) << 2;
  line = (<usize>levelWidth) << 2;
  columns = patchColumns;
  rows = patchRows;
  stride = patchStride;
}

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

/** coarse [coarseHeight, coarseWidth, 2] → fine [height, width, 2], twice as fast. */
export function enlarge(coarse: usize, coarseWidth: i32, coarseHeight: i32, fine: usize): void {
  const scaleX: f32 = <f32>coarseWidth / <f32>width;
  const scaleY: f32 = <f32>coarseHeight / <f32>height;
  let at = fine;
  for (let y = 0; y < height; y++) {
    const centreY: f32 = max<f32>(0, (<f32>y + 0.5) * scaleY - 0.5);
    const topRow = min(<i32>centreY, coarseHeight - 1);
    const bottomRow = min(topRow + 1, coarseHeight - 1);
    const v: f32 = min<f32>(1, centreY - <f32>topRow);
    const top = coarse + ((<usize>(topRow * coarseWidth)) << 3);
    const bottom = coarse + ((<usize>(bottomRow * coarseWidth)) << 3);
    for (let x = 0; x < width; x++) {
      const centreX: f32 = max<f32>(0, (<f32>x + 0.5) * scaleX - 0.5);
      const left = min(<i32>centreX, coarseWidth - 1);
      const right = min(left + 1, coarseWidth - 1);
      const u: f32 = min<f32>(1, centreX - <f32>left);
      const first = (<usize>left) << 3;
      const second = (<usize>right) << 3;
      for (let i: usize = 0; i < 8; i += 4) {
        const above = mix(load<f32>(top + first + i), load<f32>(top + second + i), u);
        const below = mix(load<f32>(bottom + first + i), load<f32>(bottom + second + i), u);
        store<f32>(at + i, 2 * mix(above, below, v));
      }
      at += 8;
    }
  }
}

/** dense [height, width, 2] → sparse [rows, columns, 2]: the flow at the middle of every patch. */
export function start(dense: usize, sparse: usize): void {
  let at = sparse;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const middle = (stride * row + PATCH / 2) * width + stride * column + PATCH / 2;
      store<u64>(at, load<u64>(dense + ((<usize>middle) << 3)));
      at += 8;
    }
  }
}

/** Gradient descent of all patches, forwards and then backwards in every stripe. */
export function search(sparse: usize, iterations: i32): void {
  const steps = iterations / PASSES;
  const stripe = (rows + STRIPES - 1) / STRIPES;
  for (let top = 0; top < rows; top += stripe) {
    const bottom = min(top + stripe, rows);
    for (let pass = 0; pass < PASSES; pass++) {
      const forwards = (pass & 1) === 0;
      const step: isize = forwards ? -8 : 8;
      for (let i = 0; i < bottom - top; i++) {
        const row = forwards ? top + i : bottom - 1 - i;
        for (let j = 0; j < columns; j++) {
          const column = forwards ? j : columns - 1 - j;
          const at = sparse + ((<usize>(row * columns + column)) << 3);
          match(row, column, at, j > 0 ? at + step : 0, i > 0 ? at + step * <isize>columns : 0, steps);
        }
      }
    }
  }
}

/** sparse → dense [height, width, 2]; sums: three planes [height, widthOfSums] of scratch, a few floats wider than the level. */
export function densify(sparse: usize, sums: usize, widthOfSums: i32, dense: usize): void {
  const sumLine = (<usize>widthOfSums) << 2;
  const plane = sumLine * height;
  memory.fill(sums, 0, 3 * plane);
  const one = f32x4.splat(1);
  let patch = sparse;
  for (let row = 0; row < rows; row++) {
    const top = stride * row;
    const tall = row === rows - 1 ? height - top : PATCH;
    for (let column = 0; column < columns; column++) {
      const left = stride * column;
      const wide = column === columns - 1 ? width - left : PATCH;
      const motionX = load<f32>(patch);
      const motionY = load<f32>(patch, 4);
      patch += 8;
      const x: f32 = clamp(<f32>left + motionX, FAR, <f32>(width - 1));
      const y: f32 = clamp(<f32>top + motionY, FAR, <f32>(height - 1));
      const cornerX: f32 = floor<f32>(x);
      const cornerY: f32 = floor<f32>(y);
      const shareX = f32x4.splat(x - cornerX);
      const shareY = f32x4.splat(y - cornerY);
      const u = f32x4.splat(motionX);
      const v = f32x4.splat(motionY);
      let there = other + <isize>pitch * <isize>cornerY + ((<isize>cornerX) << 2);
      let here = own + pitch * top + ((<usize>left) << 2);
      let sum = sums + sumLine * top + ((<usize>left) << 2);
      for (let i = 0; i < tall; i++) {
        for (let j: usize = 0; j < (<usize>wide) << 2; j += 16) {
          const above = across(there + j, shareX);
          const below = across(there + j + pitch, shareX);
          const difference = f32x4.sub(blend(above, below, shareY), v128.load(here + j));
          const weight = f32x4.div(one, f32x4.max(one, f32x4.abs(difference)));
          const at = sum + j;
          v128.store(at, f32x4.add(v128.load(at), weight));
          v128.store(at + plane, f32x4.add(v128.load(at + plane), f32x4.mul(weight, u)));
          const third = at + 2 * plane;
          v128.store(third, f32x4.add(v128.load(third), f32x4.mul(weight, v)));
        }
        there += pitch;
        here += pitch;
        sum += sumLine;
      }
    }
  }
  for (let y = 0; y < height; y++) {
    let sum = sums + sumLine * y;
    let at = dense + ((<usize>(y * width)) << 3);
    for (let x = 0; x < width; x++) {
      const weight = load<f32>(sum);
      store<f32>(at, load<f32>(sum + plane) / weight);
      store<f32>(at, load<f32>(sum + 2 * plane) / weight, 4);
      sum += 4;
      at += 8;
    }
  }
}

/** What `compare` and `descend` tell beside the cost. */
let slopeX: f32 = 0;
let slopeY: f32 = 0;

/** The best of a patch's own motion and those beside it (0: none), then gradient descent from there. */
function match(row: i32, column: i32, at: usize, beside: usize, beyond: usize, steps: i32): void {
  const left = stride * column;
  const top = stride * row;
  let startX = load<f32>(at);
  let startY = load<f32>(at, 4);
  let least = compare(left, top, startX, startY);
  if (beside) {
    const cost = compare(left, top, load<f32>(beside), load<f32>(beside, 4));
    if (cost < least) {
      least = cost;
      startX = load<f32>(beside);
      startY = load<f32>(beside, 4);
    }
  }
  if (beyond) {
    const cost = compare(left, top, load<f32>(beyond), load<f32>(beyond, 4));
    if (cost < least) {
      startX = load<f32>(beyond);
      startY = load<f32>(beyond, 4);
    }
  }

  const tensor = tensors + ((<usize>(TENSOR * (row * columns + column))) << 2);
  const xx = load<f32>(tensor);
  const xy = load<f32>(tensor, 4);
  const yy = load<f32>(tensor, 8);
  const meanX = load<f32>(tensor, 12);
  const meanY = load<f32>(tensor, 16);
  let x = startX;
  let y = startY;
  let before: f32 = f32.MAX_VALUE;
  for (let step = 0; step < steps; step++) {
    const cost = descend(left, top, x, y, meanX, meanY);
    x -= xx * slopeX + xy * slopeY;
    y -= xy * slopeX + yy * slopeY;
    if (cost >= before) break;
    before = cost;
  }
  const farX = x - startX;
  const farY = y - startY;
  const kept = farX * farX + farY * farY <= AREA;
  store<f32>(at, kept ? x : startX);
  store<f32>(at, kept ? y : startY, 4);
}

/** Squared difference of the patches less their means. */
function compare(left: i32, top: i32, u: f32, v: f32): f32 {
  const x: f32 = clamp(<f32>left + u, FIRST, <f32>(width - 1));
  const y: f32 = clamp(<f32>top + v, FIRST, <f32>(height - 1));
  const cornerX: f32 = floor<f32>(x);
  const cornerY: f32 = floor<f32>(y);
  const shareX = f32x4.splat(x - cornerX);
  const shareY = f32x4.splat(y - cornerY);
  let there = other + <isize>pitch * <isize>cornerY + ((<isize>cornerX) << 2);
  let here = own + pitch * top + ((<usize>left) << 2);
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  let aboveLeft = across(there, shareX);
  let aboveRight = across(there + 16, shareX);
  for (let i = 0; i < PATCH; i++) {
    there += pitch;
    const belowLeft = across(there, shareX);
    const belowRight = across(there + 16, shareX);
    const a = f32x4.sub(blend(aboveLeft, belowLeft, shareY), v128.load(here));
    const b = f32x4.sub(blend(aboveRight, belowRight, shareY), v128.load(here, 16));
    sum = f32x4.add(sum, f32x4.add(a, b));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    aboveLeft = belowLeft;
    aboveRight = belowRight;
    here += pitch;
  }
  const all = add(sum);
  return add(squares) - (all * all) / AREA;
}

/** The same, and its slopes by the motion. */
function descend(left: i32, top: i32, u: f32, v: f32, meanX: f32, meanY: f32): f32 {
  const x: f32 = clamp(<f32>left + u, FIRST, <f32>(width - 1));
  const y: f32 = clamp(<f32>top + v, FIRST, <f32>(height - 1));
  const cornerX: f32 = floor<f32>(x);
  const cornerY: f32 = floor<f32>(y);
  const shareX = f32x4.splat(x - cornerX);
  const shareY = f32x4.splat(y - cornerY);
  let there = other + <isize>pitch * <isize>cornerY + ((<isize>cornerX) << 2);
  let here = own + pitch * top + ((<usize>left) << 2);
  let slope = line * top + ((<usize>left) << 2);
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  let byX = f32x4.splat(0);
  let byY = f32x4.splat(0);
  let aboveLeft = across(there, shareX);
  let aboveRight = across(there + 16, shareX);
  for (let i = 0; i < PATCH; i++) {
    there += pitch;
    const belowLeft = across(there, shareX);
    const belowRight = across(there + 16, shareX);
    const a = f32x4.sub(blend(aboveLeft, belowLeft, shareY), v128.load(here));
    const b = f32x4.sub(blend(aboveRight, belowRight, shareY), v128.load(here, 16));
    sum = f32x4.add(sum, f32x4.add(a, b));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    const gx = gradientX + slope;
    const gy = gradientY + slope;
    byX = f32x4.add(byX, f32x4.add(f32x4.mul(a, v128.load(gx)), f32x4.mul(b, v128.load(gx, 16))));
    byY = f32x4.add(byY, f32x4.add(f32x4.mul(a, v128.load(gy)), f32x4.mul(b, v128.load(gy, 16))));
    aboveLeft = belowLeft;
    aboveRight = belowRight;
    here += pitch;
    slope += line;
  }
  const all = add(sum);
  slopeX = add(byX) - all * meanX;
  slopeY = add(byY) - all * meanY;
  return add(squares) - (all * all) / AREA;
}

/** Four pixels, interpolated between neighbours of a row. */
function across(at: usize, share: v128): v128 {
  return blend(v128.load(at), v128.load(at, 4), share);
}

function blend(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(share, f32x4.sub(b, a)));
}

function add(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
  );
}

function mix(a: f32, b: f32, share: f32): f32 {
  return a + share * (b - a);
}

function clamp(value: f32, low: f32, high: f32): f32 {
  return min<f32>(high, max<f32>(low, value));
}
