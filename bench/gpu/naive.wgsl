// D (Eq. 2) as anyone would write it first: one thread an entry, straight from memory. A baseline for divergence.wgsl.
//
// a, b: pages [·, stride] of Store as the engine keeps them; distances [rows, columns].
// Dispatch: (⌈columns / 8⌉, ⌈rows / 8⌉, 1).

struct Params { rows: u32, columns: u32, stride: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> a: array<Store>;
@group(0) @binding(1) var<storage, read> aEntropy: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<Store>;
@group(0) @binding(3) var<storage, read> bEntropy: array<f32>;
@group(0) @binding(4) var<storage, read_write> distances: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columns || id.y >= params.rows) { return; }
  var sum = 0.0;
  for (var x = 0u; x < params.stride; x++) {
    let la = f32(a[id.y * params.stride + x]);
    let lb = f32(b[id.x * params.stride + x]);
    sum += exp(la) * lb + la * exp(lb);
  }
  distances[id.y * params.columns + id.x] = aEntropy[id.y] + bEntropy[id.x] - params.scale * sum;
}
