// Stored distributions with further entries behind their own.
//
// source [rows, sourceStride] of Store: ln(width · P), from row `first` on; values [rows, wide − width] of f32; logRatios
// [rows, stride] of Store: ln(wide · P), padding 0. `shift` is ln(wide / width). One thread an entry.
// Dispatch: (⌈stride / LANES⌉, rows, 1).

struct Params { width: u32, wide: u32, sourceStride: u32, stride: u32, first: u32, shift: f32, least: f32 }

@group(0) @binding(0) var<storage, read> source: array<Store>;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> logRatios: array<Store>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.stride) { return; }
  var entry = 0.0;
  if (id.x < params.width) {
    entry = f32(source[(params.first + id.y) * params.sourceStride + id.x]) + params.shift;
  } else if (id.x < params.wide) {
    let value = values[id.y * (params.wide - params.width) + id.x - params.width];
    entry = log(max(value, params.least) * f32(params.wide));
  }
  logRatios[id.y * params.stride + id.x] = Store(entry);
}
