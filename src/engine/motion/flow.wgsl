// Dense inverse search (flow.ts): test/plain-pyramid.ts and test/plain-flow.ts are the twins, and their results are these to rounding.
// flow-webgpu.ts writes the constants of flow-constants.ts in front.
//
// images [frames, floats]: prepared frames, laid out as flow.ts says; params says where the parts of a level begin in one, and
// of its neighbour: the finer level for shrink, the coarser for enlarge. luma [height, width] of the finest level.
// pairs: first floats of the two images of each. coarse, dense [pairs, height, width] and sparse [pairs, rows, columns]: motions.
//
// For a frame (alone in images), from the finest level: round, or shrink; derive; sum. For pairs, from the coarsest: enlarge but
// for the first, when dense is zeroed; search; densify.
// Dispatch: round, shrink: (⌈pitch / LANES⌉, height + 2 BORDER); derive: (⌈width / LANES⌉, height); sum: (⌈columns / LANES⌉,
// rows); enlarge, densify: (⌈width / LANES⌉, height, pairs); search: (STRIPES, 1, pairs).

struct Params {
  width: u32,
  height: u32,
  pitch: u32,
  origin: u32,
  gradientX: u32,
  gradientY: u32,
  tensors: u32,
  columns: u32,
  rows: u32,
  stride: u32,
  steps: u32, // of gradient descent, in one pass
  otherWidth: u32,
  otherHeight: u32,
  otherPitch: u32,
  otherOrigin: u32,
  gain: f32, // of the quality
}

@group(0) @binding(0) var<storage, read_write> images: array<f32>;
@group(0) @binding(1) var<storage, read> luma: array<f32>;
@group(0) @binding(2) var<storage, read> pairs: array<vec2u>;
@group(0) @binding(3) var<storage, read> coarse: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dense: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> sparse: array<vec2f>;
@group(0) @binding(6) var<uniform> params: Params;

// The pixel that place `at` of a row or column with borders shows.
fn within(at: u32, side: u32) -> u32 {
  return min(max(at, BORDER) - BORDER, side - 1);
}

fn place(id: vec3u) -> u32 {
  return params.origin - BORDER * (params.pitch + 1) + id.y * params.pitch + id.x;
}

@compute @workgroup_size(LANES)
fn round_luma(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.pitch) { return; }
  let pixel = within(id.y, params.height) * params.width + within(id.x, params.width);
  images[place(id)] = clamp(floor(luma[pixel] + 0.5), 0.0, 255.0);
}

// What a coarse pixel covers of the `tap`th fine pixel from its first, in shares of `places` parts of a fine pixel.
fn covered(at: u32, tap: u32, places: u32, side: u32) -> u32 {
  let pixel = at * side / places + tap;
  let start = max(at * side, pixel * places);
  let end = min((at + 1) * side, (pixel + 1) * places);
  return max(end, start) - start;
}

// Means over areas, rounded: in whole numbers, so that they are the twin's.
@compute @workgroup_size(LANES)
fn shrink(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.pitch) { return; }
  let x = within(id.x, params.width);
  let y = within(id.y, params.height);
  let first = params.otherOrigin + y * params.otherHeight / params.height * params.otherPitch
    + x * params.otherWidth / params.width;
  var sum = 0u;
  for (var i = 0u; i < 3; i++) {
    let down = covered(y, i, params.height, params.otherHeight);
    if (down == 0) { continue; }
    for (var j = 0u; j < 3; j++) {
      let across = covered(x, j, params.width, params.otherWidth);
      if (across > 0) { sum += down * across * u32(images[first + i * params.otherPitch + j]); }
    }
  }
  let area = params.otherWidth * params.otherHeight;
  images[place(id)] = f32((2 * sum + area) / (2 * area));
}

// Sobel derivatives; the image goes on mirrored about its outermost pixels.
@compute @workgroup_size(LANES)
fn derive(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width) { return; }
  let left = select(id.x - 1, 1, id.x == 0);
  let right = select(id.x + 1, params.width - 2, id.x == params.width - 1);
  let middle = params.origin + id.y * params.pitch;
  let above = params.origin + select(id.y - 1, 1, id.y == 0) * params.pitch;
  let below = params.origin + select(id.y + 1, params.height - 2, id.y == params.height - 1) * params.pitch;
  let nw = images[above + left];
  let ne = images[above + right];
  let sw = images[below + left];
  let se = images[below + right];
  let at = id.y * params.width + id.x;
  images[params.gradientX + at] = ne + se - nw - sw + 2 * (images[middle + right] - images[middle + left]);
  images[params.gradientY + at] = sw + se - nw - ne + 2 * (images[below + id.x] - images[above + id.x]);
}

// a · b in 64 bits: low word, high word.
fn product(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffff) * (b & 0xffff);
  let first = (a >> 16) * (b & 0xffff) + (low >> 16);
  let second = (a & 0xffff) * (b >> 16) + (first & 0xffff);
  return vec2u((second << 16) | (low & 0xffff), (a >> 16) * (b >> 16) + (first >> 16) + (second >> 16));
}

// Structure tensors of the patches, inverted and times the gain, and their mean derivatives. A determinant is a small difference of large numbers:
// whole ones, of which 64 bits hold all.
@compute @workgroup_size(LANES)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columns) { return; }
  var xx = 0u;
  var yy = 0u;
  var xy = 0i;
  var x = 0i;
  var y = 0i;
  let first = params.stride * (id.y * params.width + id.x);
  for (var i = 0u; i < PATCH; i++) {
    for (var j = 0u; j < PATCH; j++) {
      let at = first + i * params.width + j;
      let gx = i32(images[params.gradientX + at]);
      let gy = i32(images[params.gradientY + at]);
      xx += u32(gx * gx);
      yy += u32(gy * gy);
      xy += gx * gy;
      x += gx;
      y += gy;
    }
  }
  let squares = product(xx, yy);
  let mixed = product(u32(abs(xy)), u32(abs(xy)));
  let borrow = select(0u, 1u, squares.x < mixed.x);
  let determinant = f32(squares.y - mixed.y - borrow) * 4294967296.0 + f32(squares.x - mixed.x);
  let scale = params.gain / max(determinant, LEAST_DETERMINANT);
  let at = params.tensors + TENSOR * (id.y * params.columns + id.x);
  images[at] = f32(yy) * scale;
  images[at + 1] = -f32(xy) * scale;
  images[at + 2] = f32(xx) * scale;
  images[at + 3] = f32(x) / f32(PATCH * PATCH);
  images[at + 4] = f32(y) / f32(PATCH * PATCH);
}

struct Spread { before: u32, after: u32, weight: f32 }

// The two coarse pixels around a fine one, and the weight of the second.
fn spread(at: u32, fine: u32, places: u32) -> Spread {
  let centre = max(0.0, (f32(at) + 0.5) * (f32(places) / f32(fine)) - 0.5);
  let low = min(u32(centre), places - 1);
  return Spread(low, min(low + 1, places - 1), min(1.0, centre - f32(low)));
}

@compute @workgroup_size(LANES)
fn enlarge(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width) { return; }
  let x = spread(id.x, params.width, params.otherWidth);
  let y = spread(id.y, params.height, params.otherHeight);
  let top = (id.z * params.otherHeight + y.before) * params.otherWidth;
  let bottom = (id.z * params.otherHeight + y.after) * params.otherWidth;
  let above = mix(coarse[top + x.before], coarse[top + x.after], x.weight);
  let below = mix(coarse[bottom + x.before], coarse[bottom + x.after], x.weight);
  dense[(id.z * params.height + id.y) * params.width + id.x] = 2 * mix(above, below, y.weight);
}

// A workgroup has SLOTS patches at a time, and of each one thread per row.
const SLOTS = 8u;
const THREADS_OF_SEARCH = SLOTS * PATCH;
var<workgroup> parts: array<vec4f, 2 * THREADS_OF_SEARCH>;

// A thread's part: a row of a patch.
struct Row {
  slot: u32,
  lane: u32,
  corner: vec2f, // of the patch, in pixels
  line: u32, // of the row in the patch
  image: u32, // first float of the other image's pixels
  luma: array<f32, PATCH>,
  slopeX: array<f32, PATCH>,
  slopeY: array<f32, PATCH>,
}

// Sums over a patch: difference, its square, its products with both derivatives. All threads of a workgroup call it together, by
// turns with 0 and 1, so that no one writes what another still reads.
fn compare(row: ptr<function, Row>, motion: vec2f, turn: u32) -> vec4f {
  let last = vec2f(f32(params.width - 1), f32(params.height - 1));
  let at = clamp((*row).corner + motion, vec2f(1 - f32(PATCH)), last);
  let corner = floor(at);
  let share = at - corner;
  let first = u32(i32((*row).image) + (i32(corner.y) + i32((*row).line)) * i32(params.pitch) + i32(corner.x));
  var part = vec4f();
  var above = images[first];
  var below = images[first + params.pitch];
  for (var i = 0u; i < PATCH; i++) {
    let nextAbove = images[first + i + 1];
    let nextBelow = images[first + params.pitch + i + 1];
    let seen = mix(mix(above, nextAbove, share.x), mix(below, nextBelow, share.x), share.y);
    let difference = seen - (*row).luma[i];
    part += difference * vec4f(1, difference, (*row).slopeX[i], (*row).slopeY[i]);
    above = nextAbove;
    below = nextBelow;
  }
  parts[turn * THREADS_OF_SEARCH + (*row).lane] = part;
  workgroupBarrier();
  var sums = vec4f();
  for (var i = 0u; i < PATCH; i++) {
    sums += parts[turn * THREADS_OF_SEARCH + (*row).slot * PATCH + i];
  }
  return sums;
}

fn costOf(sums: vec4f) -> f32 {
  return sums.y - sums.x * sums.x / f32(PATCH * PATCH);
}

// Gradient descent, stripe by stripe. In the twin, patches take turns, and each may take over what the ones beside and above it
// have found; so those of a diagonal do not depend on one another, and are searched together.
@compute @workgroup_size(THREADS_OF_SEARCH)
fn search(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let stripe = (params.rows + STRIPES - 1) / STRIPES;
  let top = min(group.x * stripe, params.rows);
  let count = min(top + stripe, params.rows) - top;
  let pair = pairs[group.z];
  let own = group.z * params.rows * params.columns;
  var row: Row;
  row.slot = lane / PATCH;
  row.lane = lane;
  row.line = lane % PATCH;
  row.image = pair.y + params.origin;
  for (var round = 0u; round < PASSES; round++) {
    let backwards = round % 2 == 1;
    for (var diagonal = 0u; diagonal + 1 < count + params.columns; diagonal++) {
      for (var start = 0u; start < count; start += SLOTS) {
        let i = start + row.slot;
        let busy = i < count && i <= diagonal && diagonal - i < params.columns;
        // Idle threads go through the motions with the first patch.
        let down = select(0, i, busy);
        let along = select(0, diagonal - i, busy);
        let patchRow = top + select(down, count - 1 - down, backwards);
        let column = select(along, params.columns - 1 - along, backwards);
        let step = select(-1, 1, backwards);
        let patchIndex = patchRow * params.columns + column;
        let left = params.stride * column;
        let line = params.stride * patchRow + row.line;
        row.corner = vec2f(f32(left), f32(params.stride * patchRow));
        for (var k = 0u; k < PATCH; k++) {
          row.luma[k] = images[pair.x + params.origin + line * params.pitch + left + k];
          row.slopeX[k] = images[pair.x + params.gradientX + line * params.width + left + k];
          row.slopeY[k] = images[pair.x + params.gradientY + line * params.width + left + k];
        }

        var begin = sparse[own + patchIndex];
        if (round == 0) {
          let middle = (params.stride * patchRow + PATCH / 2) * params.width + left + PATCH / 2;
          begin = dense[group.z * params.height * params.width + middle];
        }
        let beside = sparse[own + select(patchIndex, u32(i32(patchIndex) + step), along > 0)];
        let beyond = sparse[own + select(patchIndex, u32(i32(patchIndex) + step * i32(params.columns)), down > 0)];
        var least = costOf(compare(&row, begin, 0));
        let cost = costOf(compare(&row, beside, 1));
        let another = costOf(compare(&row, beyond, 0));
        if (along > 0 && cost < least) {
          least = cost;
          begin = beside;
        }
        if (down > 0 && another < least) { begin = beyond; }

        let tensor = pair.x + params.tensors + TENSOR * patchIndex;
        let xx = images[tensor];
        let xy = images[tensor + 1];
        let yy = images[tensor + 2];
        let mean = vec2f(images[tensor + 3], images[tensor + 4]);
        var motion = begin;
        var before = 3.0e38;
        var done = false;
        for (var k = 0u; k < params.steps; k++) {
          let sums = compare(&row, motion, (k + 1) % 2);
          if (!done) {
            let slope = sums.zw - sums.x * mean;
            motion -= vec2f(xx * slope.x + xy * slope.y, xy * slope.x + yy * slope.y);
            let cost = costOf(sums);
            done = cost >= before;
            before = cost;
          }
        }
        if (busy && row.line == 0) {
          sparse[own + patchIndex] = select(begin, motion, distance(motion, begin) <= f32(PATCH));
        }
        // Others still read the last sums, and the next diagonal reads what this one has found.
        storageBarrier();
        workgroupBarrier();
      }
    }
  }
}

// Weighted means of the motions of the patches over every pixel; the last patches also stand for the pixels behind them.
@compute @workgroup_size(LANES)
fn densify(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width) { return; }
  let pair = pairs[id.z];
  let pixel = vec2f(f32(id.x), f32(id.y));
  let last = vec2f(f32(params.width - 1), f32(params.height - 1));
  let size = vec2u(params.columns, params.rows);
  // First patch that reaches this pixel: ⌈(x − PATCH + 1) / stride⌉.
  let first = min((max(id.xy, vec2u(PATCH - 1)) - (PATCH - 1) + params.stride - 1) / params.stride, size - 1);
  let end = min(id.xy / params.stride, size - 1);
  let own = images[pair.x + params.origin + id.y * params.pitch + id.x];
  var sum = vec2f();
  var weights = 0.0;
  for (var row = first.y; row <= end.y; row++) {
    for (var column = first.x; column <= end.x; column++) {
      let motion = sparse[(id.z * params.rows + row) * params.columns + column];
      let at = clamp(pixel + motion, vec2f(), last);
      let share = fract(at);
      let there = pair.y + params.origin + u32(at.y) * params.pitch + u32(at.x);
      let above = mix(images[there], images[there + 1], share.x);
      let below = mix(images[there + params.pitch], images[there + params.pitch + 1], share.x);
      let weight = 1 / max(1.0, abs(mix(above, below, share.y) - own));
      sum += weight * motion;
      weights += weight;
    }
  }
  dense[(id.z * params.height + id.y) * params.width + id.x] = sum / weights;
}
