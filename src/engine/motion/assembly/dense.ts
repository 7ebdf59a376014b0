// For a pair: the flow of a level, from that of the coarser one to its patches, and from its patches to all pixels.

import { BEYOND, PATCH } from '../flow-constants.ts';
import { across, blend, clamp, columns, height, other, own, pitch, rows, stride, width } from './level.ts';

const FAR = <f32>-BEYOND;

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

function mix(a: f32, b: f32, share: f32): f32 {
  return a + share * (b - a);
}
