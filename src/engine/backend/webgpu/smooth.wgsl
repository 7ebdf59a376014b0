// The released code's first step over one page of the window: each row's sum of the rows with D ≤ τ, itself included.
//
// distances [rows, pitch]: a block of D. Its columns are the rows [member, member + columns) of the page `logits`
// [·, 4·quads] of Store, and begin at row `firstColumn` of the window; its rows begin at row `firstRow` of the window
// and at `place` of sums [·, 4·quads] and near [·], both f32, which are added to.
// A matrix product of the mask D ≤ τ with P. A workgroup of LANES takes ROWS rows × LANES quads; a thread sums
// ROWS rows of one quad, in f32, in steps of SUMMED rows of the page. Dispatch: (⌈quads / LANES⌉, ⌈rows / ROWS⌉, 1).

override COSINE: bool;

struct Params {
  rows: u32, columns: u32, pitch: u32, quads: u32, firstRow: u32, firstColumn: u32, member: u32, place: u32,
  tau: f32,
}

@group(0) @binding(0) var<storage, read> distances: array<f32>;
@group(0) @binding(1) var<storage, read> logits: array<vec4<Store>>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> near: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const ROWS = 16u;
const SUMMED = 16u;

var<workgroup> mask: array<f32, ROWS * SUMMED>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = group.y * ROWS;
  let quad = group.x * LANES + lane;
  var sum: array<vec4f, ROWS>;
  var count: array<f32, ROWS>;
  for (var step = 0u; step < params.columns; step += SUMMED) {
    for (var entry = lane; entry < ROWS * SUMMED; entry += LANES) {
      let row = first + entry / SUMMED;
      let column = step + entry % SUMMED;
      var inside = false;
      if (row < params.rows && column < params.columns) {
        let self_pair = params.firstRow + row == params.firstColumn + column;
        inside = self_pair || distances[row * params.pitch + column] <= params.tau;
      }
      mask[entry] = select(0.0, 1.0, inside);
    }
    workgroupBarrier();
    for (var j = 0u; j < min(SUMMED, params.columns - step); j++) {
      var p = vec4f();
      if (quad < params.quads) {
        let l = vec4f(logits[(params.member + step + j) * params.quads + quad]);
        p = select(exp(l), l, COSINE);
      }
      for (var i = 0u; i < ROWS; i++) {
        sum[i] += mask[i * SUMMED + j] * p;
        count[i] += mask[i * SUMMED + j];
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < ROWS; i++) {
    if (first + i >= params.rows) { break; }
    let row = params.place + first + i;
    if (quad < params.quads) { sums[row * params.quads + quad] += sum[i]; }
    if (quad == 0) { near[row] += count[i]; }
  }
}
