// For a pair: the motion of the patches of a level, by gradient descent.

import { PASSES, PATCH, STRIPES, TENSOR } from '../flow-constants.ts';
import {
  across,
  blend,
  clamp,
  columns,
  gradientX,
  gradientY,
  height,
  line,
  other,
  own,
  pitch,
  rows,
  stride,
  tensors,
  width,
} from './level.ts';

const AREA = <f32>(PATCH * PATCH);
/** A patch that begins there is beyond the border as a whole; and with the pixels behind a last patch. */
const FIRST = <f32>1 - <f32>PATCH;

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

/** What `descend` gives beside the cost. */
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

function add(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
  );
}
