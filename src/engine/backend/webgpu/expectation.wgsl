// Σ P·v of each stored distribution.
//
// logRatios [rows, stride] of Store: ln(width · P); values [width] of f32; sums [rows] of f32. `scale` is 1 / width.
// One workgroup of LANES threads a row; each sums every LANES-th entry in f32, then a tree in a fixed order.
// Dispatch: (rows, 1, 1).

struct Params { width: u32, stride: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> logRatios: array<Store>;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * params.stride;
  var sum = 0.0;
  for (var x = lane; x < params.width; x += LANES) { sum += exp(f32(logRatios[row + x])) * values[x]; }
  partial[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  if (lane == 0) { sums[group.x] = params.scale * partial[0]; }
}
