// P of stored rows, without padding.
//
// logits [rows, stride] of Store; values [rows, width] of f32. One thread an entry. `scale` is 1 / width for 'kl'.
// Dispatch: (⌈width / LANES⌉, rows, 1).

override COSINE: bool;

struct Params { width: u32, stride: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> logits: array<Store>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width) { return; }
  let l = f32(logits[id.y * params.stride + id.x]);
  values[id.y * params.width + id.x] = select(exp(l) * params.scale, l, COSINE);
}
