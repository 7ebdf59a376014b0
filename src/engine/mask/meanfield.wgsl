// The mean field (meanfield.ts) on a GPU. Planes of q, one a label and one of ones, which carries the normaliser of B,
// lie one behind the other. Workgroups: splat and smooth (⌈cells / LANES⌉, labels + 1); weighCells (⌈cells / LANES⌉);
// down and across (⌈pixels / LANES⌉, labels); weighPixels and normalise (⌈pixels / LANES⌉);
// compete (⌈pictureWidth / LANES⌉, pictureHeight).

struct Params {
  width: u32, // where the mean field iterates
  height: u32,
  cells: u32,
  labels: u32,
  pictureWidth: u32,
  pictureHeight: u32,
  axis: u32,
  reach: u32, // taps on each side of the Gaussian's middle
  likeness: f32,
  nearness: f32,
}
struct Spread { before: u32, after: u32, weight: f32 }

@group(0) @binding(0) var<storage, read_write> q: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>; // first place of every cell in `order`, and the end
@group(0) @binding(2) var<storage, read> order: array<u32>; // pixels, sorted by their cell
@group(0) @binding(3) var<storage, read> neighbours: array<u32>; // [5, 2, cells]
@group(0) @binding(4) var<storage, read_write> values: array<f32>; // of cells
@group(0) @binding(5) var<storage, read_write> blurred: array<f32>;
@group(0) @binding(6) var<storage, read> taps: array<f32>;
@group(0) @binding(7) var<storage, read_write> lines: array<f32>;
@group(0) @binding(8) var<storage, read_write> near: array<f32>;
@group(0) @binding(9) var<storage, read> unary: array<f32>;
@group(0) @binding(10) var<storage, read> inner: array<u32>; // cell of every pixel at the working size
@group(0) @binding(11) var<storage, read> outer: array<u32>; // and of the picture's own
@group(0) @binding(12) var<storage, read_write> winners: array<u32>;
@group(0) @binding(13) var<uniform> params: Params;

// Sum of q over the pixels of a cell.
@compute @workgroup_size(LANES)
fn splat(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.cells) { return; }
  let plane = id.y * params.width * params.height;
  var sum = 0.0;
  for (var at = starts[id.x]; at < starts[id.x + 1]; at++) { sum += q[plane + order[at]]; }
  values[id.y * params.cells + id.x] = sum;
}

// [1 2 1]/4 along an axis, from values to blurred. A neighbour that is missing is 0.
@compute @workgroup_size(LANES)
fn smooth_cells(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.cells) { return; }
  let plane = id.y * params.cells;
  let before = neighbours[2 * params.axis * params.cells + id.x];
  let after = neighbours[(2 * params.axis + 1) * params.cells + id.x];
  var sum = 0.5 * values[plane + id.x];
  if (before < params.cells) { sum += 0.25 * values[plane + before]; }
  if (after < params.cells) { sum += 0.25 * values[plane + after]; }
  blurred[plane + id.x] = sum;
}

// B over its normaliser, against the rest.
@compute @workgroup_size(LANES)
fn weigh_cells(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.cells) { return; }
  let scale = 1.0 / values[params.labels * params.cells + id.x];
  var rest = 1.0;
  for (var k = 0u; k < params.labels; k++) { rest -= scale * values[k * params.cells + id.x]; }
  for (var k = 0u; k < params.labels; k++) {
    let at = k * params.cells + id.x;
    values[at] = params.likeness * (scale * values[at] - rest);
  }
}

fn mirrored(at: i32, count: u32) -> u32 {
  let period = max(2 * (i32(count) - 1), 1);
  let within = ((at % period) + period) % period;
  return u32(select(within, period - within, within >= i32(count)));
}

// The Gaussian along columns, from q to lines.
@compute @workgroup_size(LANES)
fn down(@builtin(global_invocation_id) id: vec3u) {
  let pixels = params.width * params.height;
  if (id.x >= pixels) { return; }
  let column = id.y * pixels + id.x % params.width;
  let y = i32(id.x / params.width);
  var sum = 0.0;
  for (var i = -i32(params.reach); i <= i32(params.reach); i++) {
    sum += taps[abs(i)] * q[column + mirrored(y + i, params.height) * params.width];
  }
  lines[id.y * pixels + id.x] = sum;
}

// The same along rows, from lines to near.
@compute @workgroup_size(LANES)
fn across(@builtin(global_invocation_id) id: vec3u) {
  let pixels = params.width * params.height;
  if (id.x >= pixels) { return; }
  let x = i32(id.x % params.width);
  let row = id.y * pixels + id.x - u32(x);
  var sum = 0.0;
  for (var i = -i32(params.reach); i <= i32(params.reach); i++) {
    sum += taps[abs(i)] * lines[row + mirrored(x + i, params.width)];
  }
  near[id.y * pixels + id.x] = sum;
}

// U + G against the rest.
@compute @workgroup_size(LANES)
fn weigh_pixels(@builtin(global_invocation_id) id: vec3u) {
  let pixels = params.width * params.height;
  if (id.x >= pixels) { return; }
  var rest = 1.0;
  for (var k = 0u; k < params.labels; k++) { rest -= near[k * pixels + id.x]; }
  for (var k = 0u; k < params.labels; k++) {
    let at = k * pixels + id.x;
    near[at] = unary[at] + params.nearness * (near[at] - rest);
  }
}

// Softmax over the labels and a rest of 0.
@compute @workgroup_size(LANES)
fn normalise(@builtin(global_invocation_id) id: vec3u) {
  let pixels = params.width * params.height;
  if (id.x >= pixels) { return; }
  let cell = inner[id.x];
  var most = 0.0;
  for (var k = 0u; k < params.labels; k++) {
    most = max(most, near[k * pixels + id.x] + values[k * params.cells + cell]);
  }
  var sum = exp(-most);
  for (var k = 0u; k < params.labels; k++) {
    let share = exp(near[k * pixels + id.x] + values[k * params.cells + cell] - most);
    q[k * pixels + id.x] = share;
    sum += share;
  }
  for (var k = 0u; k < params.labels; k++) { q[k * pixels + id.x] /= sum; }
}

// The two of `count` centres around place `at` of `places`, and the weight of the second (src/lib/linear.ts).
fn spread(at: u32, places: u32, count: u32) -> Spread {
  let place = (f32(at) + 0.5) * f32(count) / f32(places) - 0.5;
  let low = i32(floor(place));
  return Spread(u32(max(low, 0)), u32(min(low + 1, i32(count) - 1)), place - f32(low));
}

// The last iteration at the picture's size: the greatest label, or 0 where none is above the rest.
@compute @workgroup_size(LANES)
fn compete(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.pictureWidth) { return; }
  let x = spread(id.x, params.pictureWidth, params.width);
  let y = spread(id.y, params.pictureHeight, params.height);
  let pixel = id.y * params.pictureWidth + id.x;
  let cell = outer[pixel];
  var most = 0.0;
  var winner = 0u;
  for (var k = 0u; k < params.labels; k++) {
    let plane = k * params.width * params.height;
    let top = plane + y.before * params.width;
    let bottom = plane + y.after * params.width;
    let above = mix(near[top + x.before], near[top + x.after], x.weight);
    let below = mix(near[bottom + x.before], near[bottom + x.after], x.weight);
    let score = mix(above, below, y.weight) + values[k * params.cells + cell];
    if (score > most) {
      most = score;
      winner = k + 1;
    }
  }
  winners[pixel] = winner;
}
