// Writes a large buffer thinly and gathers what it then holds: whether bindings beyond 128 MiB work (large.ts).
//
// whole [rows, stride] of u32: `write` puts a number of its own into the last column of each row, `gather` copies that
// column to column [rows]. One thread a row. Dispatch: (⌈rows / LANES⌉) each.

struct Params { rows: u32, stride: u32 }

@group(0) @binding(0) var<storage, read_write> whole: array<u32>;
@group(0) @binding(1) var<storage, read_write> column: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn write(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.rows) { whole[(id.x + 1) * params.stride - 1] = id.x + 1; }
}

@compute @workgroup_size(LANES)
fn gather(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.rows) { column[id.x] = whole[(id.x + 1) * params.stride - 1]; }
}
