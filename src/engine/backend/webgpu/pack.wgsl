// Queries or keys as the attention kernels read them: one matrix a head, channels padded with zeros.
//
// dense [·, heads · channels] of f32, from token `source` on; matrices [heads, capacity, 4·quads] of f32, from token
// `first` on.
// Each head is multiplied by scale[head]: queries carry temperature / √channels from here on.
// One thread an entry. Dispatch: (⌈4·quads / LANES⌉, tokens, heads).

struct Params { heads: u32, channels: u32, quads: u32, capacity: u32, source: u32, first: u32 }

@group(0) @binding(0) var<storage, read> dense: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> matrices: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  let token = id.y;
  let head = id.z;
  if (channel >= 4 * params.quads) { return; }
  var value = 0.0;
  if (channel < params.channels) {
    value = scale[head] * dense[((params.source + token) * params.heads + head) * params.channels + channel];
  }
  matrices[(head * params.capacity + params.first + token) * 4 * params.quads + channel] = value;
}
