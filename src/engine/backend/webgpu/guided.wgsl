// The guided filter (plain/guided.ts is the twin): every pixel of a picture takes the label of the greatest membership.
//
// Cells: the coarse grid [height, width] on which colours are fitted. picture [pictureHeight, pictureWidth] of RGBA8;
// statistics [12, cells]: mean colour (3), its mean over a window (3), inverse of covariance + ε·1 (00, 01, 02, 11, 12, 22).
// planes and lines [max(9, 4 · clusters), cells]. memberships [clusters, rows, columns]; candidates: label and box of each.
// best, labels [pictureHeight, pictureWidth]: the greatest score so far and whose it is, kept from the clusters before
// unless `fresh` is 1. All of it f32. Colours are c / 255 − 1/2: a fit does not mind the shift, and the covariance is no
// difference of large numbers. Where a cluster has no tokens within reach all its planes are exactly 0, as outside of
// the twin's boxes; boxes only decide which clusters a pixel may take.
//
// In order: average; across, down over 9 planes; invert; and for each group of clusters upsample; across, down; fit; across,
// down over 4 · clusters planes; argmax. One thread per entry, no workgroup memory.
// Dispatch: average, invert: (⌈cells / LANES⌉); upsample, fit: (⌈cells / LANES⌉, clusters); across, down: (⌈cells / LANES⌉,
// planes); argmax: (⌈pictureWidth / LANES⌉, pictureHeight).

struct Params {
  width: u32,
  height: u32,
  radius: u32, // of a window, in cells
  columns: u32, // tokens
  rows: u32,
  clusters: u32, // of this group
  pictureWidth: u32,
  pictureHeight: u32,
  fresh: u32,
  epsilon: f32,
}
struct Candidate { label: u32, left: u32, top: u32, right: u32, bottom: u32 } // box in cells, half open
struct LinearWeights { before: u32, after: u32, weight: f32 }

@group(0) @binding(0) var<storage, read> picture: array<u32>;
@group(0) @binding(1) var<storage, read_write> statistics: array<f32>;
@group(0) @binding(2) var<storage, read_write> planes: array<f32>;
@group(0) @binding(3) var<storage, read_write> lines: array<f32>;
@group(0) @binding(4) var<storage, read> memberships: array<f32>;
@group(0) @binding(5) var<storage, read> candidates: array<Candidate>;
@group(0) @binding(6) var<storage, read_write> best: array<f32>;
@group(0) @binding(7) var<storage, read_write> labels: array<u32>;
@group(0) @binding(8) var<uniform> params: Params;

// The two of `count` centres around place `at` of `places`, and the weight of the second (lib/linear.ts).
fn linearWeights(at: u32, places: u32, count: u32) -> LinearWeights {
  let place = (f32(at) + 0.5) * f32(count) / f32(places) - 0.5;
  let low = i32(floor(place));
  return LinearWeights(u32(max(low, 0)), u32(min(low + 1, i32(count) - 1)), place - f32(low));
}

fn colour(pixel: u32) -> vec3f {
  return unpack4x8unorm(picture[pixel]).rgb - 0.5;
}

// First pixel of a cell, along an axis.
fn first(cell: u32, cells: u32, pixels: u32) -> u32 {
  return (cell * pixels + cells - 1) / cells;
}

// Mean colour of every cell, and the nine planes of its moments.
@compute @workgroup_size(LANES)
fn average(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  let cell = id.x;
  if (cell >= cells) { return; }
  let x = cell % params.width;
  let y = cell / params.width;
  let right = first(x + 1, params.width, params.pictureWidth);
  let bottom = first(y + 1, params.height, params.pictureHeight);
  var sum = vec3f();
  var count = 0.0;
  for (var row = first(y, params.height, params.pictureHeight); row < bottom; row++) {
    for (var column = first(x, params.width, params.pictureWidth); column < right; column++) {
      sum += colour(row * params.pictureWidth + column);
      count += 1.0;
    }
  }
  let c = sum / count;
  for (var i = 0u; i < 3; i++) {
    statistics[i * cells + cell] = c[i];
    planes[i * cells + cell] = c[i];
  }
  planes[3 * cells + cell] = c.x * c.x;
  planes[4 * cells + cell] = c.x * c.y;
  planes[5 * cells + cell] = c.x * c.z;
  planes[6 * cells + cell] = c.y * c.y;
  planes[7 * cells + cell] = c.y * c.z;
  planes[8 * cells + cell] = c.z * c.z;
}

// Means over 2 · radius + 1 cells, cut at the border: along rows, from planes to lines.
@compute @workgroup_size(LANES)
fn across(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  if (id.x >= cells) { return; }
  let x = id.x % params.width;
  let row = id.y * cells + id.x - x;
  let low = x - min(x, params.radius);
  let high = min(x + params.radius, params.width - 1);
  var sum = 0.0;
  for (var at = low; at <= high; at++) { sum += planes[row + at]; }
  lines[row + x] = sum / f32(high - low + 1);
}

// The same along columns, from lines to planes.
@compute @workgroup_size(LANES)
fn down(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  if (id.x >= cells) { return; }
  let y = id.x / params.width;
  let column = id.y * cells + id.x % params.width;
  let low = y - min(y, params.radius);
  let high = min(y + params.radius, params.height - 1);
  var sum = 0.0;
  for (var at = low; at <= high; at++) { sum += lines[column + at * params.width]; }
  planes[column + y * params.width] = sum / f32(high - low + 1);
}

// Means of the moments → mean colour and inverse covariance of every window.
@compute @workgroup_size(LANES)
fn invert(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  let cell = id.x;
  if (cell >= cells) { return; }
  var m: array<f32, 9>;
  for (var i = 0u; i < 9; i++) { m[i] = planes[i * cells + cell]; }
  let s00 = m[3] - m[0] * m[0] + params.epsilon;
  let s01 = m[4] - m[0] * m[1];
  let s02 = m[5] - m[0] * m[2];
  let s11 = m[6] - m[1] * m[1] + params.epsilon;
  let s12 = m[7] - m[1] * m[2];
  let s22 = m[8] - m[2] * m[2] + params.epsilon;
  let m00 = s11 * s22 - s12 * s12;
  let m01 = s02 * s12 - s01 * s22;
  let m02 = s01 * s12 - s02 * s11;
  let scale = 1.0 / (s00 * m00 + s01 * m01 + s02 * m02);
  for (var i = 0u; i < 3; i++) { statistics[(3 + i) * cells + cell] = m[i]; }
  statistics[6 * cells + cell] = m00 * scale;
  statistics[7 * cells + cell] = m01 * scale;
  statistics[8 * cells + cell] = m02 * scale;
  statistics[9 * cells + cell] = (s00 * s22 - s02 * s02) * scale;
  statistics[10 * cells + cell] = (s01 * s02 - s00 * s12) * scale;
  statistics[11 * cells + cell] = (s00 * s11 - s01 * s01) * scale;
}

// Memberships at the cells, and their products with the colours: four planes a cluster.
@compute @workgroup_size(LANES)
fn upsample(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  let cell = id.x;
  if (cell >= cells) { return; }
  let x = linearWeights(cell % params.width, params.width, params.columns);
  let y = linearWeights(cell / params.width, params.height, params.rows);
  let top = (id.y * params.rows + y.before) * params.columns;
  let bottom = (id.y * params.rows + y.after) * params.columns;
  let above = mix(memberships[top + x.before], memberships[top + x.after], x.weight);
  let below = mix(memberships[bottom + x.before], memberships[bottom + x.after], x.weight);
  let value = mix(above, below, y.weight);
  let plane = 4 * id.y * cells + cell;
  for (var i = 0u; i < 3; i++) { planes[plane + i * cells] = value * statistics[i * cells + cell]; }
  planes[plane + 3 * cells] = value;
}

// Means of those → the linear function of colour that is nearest in every window: a (3 planes) and b.
@compute @workgroup_size(LANES)
fn fit(@builtin(global_invocation_id) id: vec3u) {
  let cells = params.width * params.height;
  let cell = id.x;
  if (cell >= cells) { return; }
  let plane = 4 * id.y * cells + cell;
  let level = planes[plane + 3 * cells];
  var v: vec3f;
  var m: vec3f;
  for (var i = 0u; i < 3; i++) {
    m[i] = statistics[(3 + i) * cells + cell];
    v[i] = planes[plane + i * cells] - m[i] * level;
  }
  let i01 = statistics[7 * cells + cell];
  let i02 = statistics[8 * cells + cell];
  let i12 = statistics[10 * cells + cell];
  let a = vec3f(
    dot(vec3f(statistics[6 * cells + cell], i01, i02), v),
    dot(vec3f(i01, statistics[9 * cells + cell], i12), v),
    dot(vec3f(i02, i12, statistics[11 * cells + cell]), v),
  );
  for (var i = 0u; i < 3; i++) { planes[plane + i * cells] = a[i]; }
  planes[plane + 3 * cells] = level - dot(a, m);
}

// Scores of every pixel, a and b interpolated between cells; the greatest stays, the earlier one on a tie.
@compute @workgroup_size(LANES)
fn argmax(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.pictureWidth) { return; }
  let cells = params.width * params.height;
  let pixel = id.y * params.pictureWidth + id.x;
  let x = linearWeights(id.x, params.pictureWidth, params.width);
  let y = linearWeights(id.y, params.pictureHeight, params.height);
  let guide = vec4f(colour(pixel), 1.0);
  var most = -3.0e38;
  var label = candidates[0].label;
  if (params.fresh == 0) {
    most = best[pixel];
    label = labels[pixel];
  }
  for (var cluster = 0u; cluster < params.clusters; cluster++) {
    let candidate = candidates[cluster];
    if (x.after < candidate.left || x.before >= candidate.right || y.after < candidate.top || y.before >= candidate.bottom) {
      continue;
    }
    let left = max(x.before, candidate.left);
    let right = min(x.after, candidate.right - 1);
    let top = max(y.before, candidate.top) * params.width;
    let bottom = min(y.after, candidate.bottom - 1) * params.width;
    var fitted: vec4f;
    for (var i = 0u; i < 4; i++) {
      let plane = (4 * cluster + i) * cells;
      let start = mix(planes[plane + top + left], planes[plane + bottom + left], y.weight);
      let end = mix(planes[plane + top + right], planes[plane + bottom + right], y.weight);
      fitted[i] = mix(start, end, x.weight);
    }
    let score = dot(fitted, guide);
    if (score > most) {
      most = score;
      label = candidate.label;
    }
  }
  best[pixel] = most;
  labels[pixel] = label;
}
