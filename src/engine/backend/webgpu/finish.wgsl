// Sums of P, or P itself, as stored rows.
//
// sums [rows, pitch] of f32; weights [rows]: 'kl' stores ln(factor · sum / weight), raised to FLOOR before the
// logarithm; 'cosine' stores sum / |sum| (a zero row stays zero). logits [rows, stride] of Store, padding 0.
// One workgroup of LANES threads a row. Dispatch: (rows, 1, 1).

override COSINE: bool;

struct Params { width: u32, pitch: u32, stride: u32, factor: f32, least: f32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> logits: array<Store>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, LANES>;

// |row|, the same in every lane.
fn norm(begin: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var x = lane; x < params.width; x += LANES) {
    let value = sums[begin + x];
    sum += value * value;
  }
  partial[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  workgroupBarrier();
  return sqrt(partial[0]);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let begin = group.x * params.pitch;
  let place = group.x * params.stride;
  if (COSINE) {
    let length = norm(begin, lane);
    let factor = select(0.0, 1.0 / length, length > 0.0);
    for (var x = lane; x < params.width; x += LANES) { logits[place + x] = Store(factor * sums[begin + x]); }
  } else {
    let factor = params.factor / weights[group.x];
    for (var x = lane; x < params.width; x += LANES) {
      logits[place + x] = Store(log(max(factor * sums[begin + x], params.least)));
    }
  }
  for (var x = params.width + lane; x < params.stride; x += LANES) { logits[place + x] = Store(0.0); }
}
