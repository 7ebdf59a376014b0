// Copies chosen rows with their h: row sourceOf[i] of one page to row first + targetOf[i] of another, i < count.
//
// Both pages [rows, 4·quads] of Store. One thread a quad. Dispatch: (⌈quads / LANES⌉, count, 1); `selection` is
// in storage so that the GPU may write it.

struct Selection { count: u32, first: u32 }
struct Params { quads: u32 }

@group(0) @binding(0) var<storage, read> source: array<vec4<Store>>;
@group(0) @binding(1) var<storage, read> sourceEntropy: array<f32>;
@group(0) @binding(2) var<storage, read> sourceOf: array<u32>;
@group(0) @binding(3) var<storage, read> targetOf: array<u32>;
@group(0) @binding(4) var<storage, read> selection: Selection;
@group(0) @binding(5) var<storage, read_write> logits: array<vec4<Store>>;
@group(0) @binding(6) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.quads || id.y >= selection.count) { return; }
  let source_row = sourceOf[id.y];
  let target_row = selection.first + targetOf[id.y];
  logits[target_row * params.quads + id.x] = source[source_row * params.quads + id.x];
  if (id.x == 0) { entropy[target_row] = sourceEntropy[source_row]; }
}
