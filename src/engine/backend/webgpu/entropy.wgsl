// h of each stored row: scale · Σ P·L (RowMetric).
//
// logits [rows, 4·quads] of Store, padding 0; entropy [rows] of f32.
// One workgroup of LANES threads a row; each sums every LANES-th quad in f32, then a tree in a fixed order.
// Dispatch: (rows, 1, 1).

override COSINE: bool;

struct Params { quads: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> logits: array<vec4<Store>>;
@group(0) @binding(1) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * params.quads;
  var sum = 0.0;
  for (var quad = lane; quad < params.quads; quad += LANES) {
    let l = vec4f(logits[row + quad]);
    sum += dot(select(exp(l), l, COSINE), l);
  }
  partial[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  if (lane == 0) { entropy[group.x] = params.scale * partial[0]; }
}
