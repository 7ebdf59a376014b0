// Rows of A'v (Eq. 1) in log space: ln(width · mean over heads of softmax(q·kᵀ)).
//
// tile.wgsl and product.wgsl stand before this text: tiles, q and k. statistics [heads, rows] of all pages of keys, as
// statistics.wgsl leaves them; logits [rows, stride] of Store, of which the columns [column, column + keys) are written.
// A workgroup takes a tile of TILE rows × TILE keys, head after head; a thread sums its REGISTER² entries of the mean in
// f32. The mean is raised to `least` before the logarithm. `factor` is width / heads.
// Dispatch: (⌈keys / TILE⌉, ⌈rows / TILE⌉, 1).

struct Params { rows: u32, keys: u32, quads: u32, heads: u32, column: u32, stride: u32, factor: f32, least: f32 }

@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> logits: array<Store>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(THREADS, THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) thread: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_key = group.x * TILE;
  let first_row = group.y * TILE;
  var mean: Square;
  var products: Square;

  for (var head = 0u; head < params.heads; head++) {
    multiply(head, first_row, first_key, thread, lane, &products);
    for (var i = 0u; i < REGISTER; i++) {
      let row = min(first_row + thread.y + i * THREADS, params.rows - 1);
      let found = statistics[head * params.rows + row];
      let weight = 1.0 / found.y;
      for (var j = 0u; j < REGISTER; j++) { mean[i][j] += weight * exp(max(products[i][j] - found.x, NEGLIGIBLE)); }
    }
  }

  for (var i = 0u; i < REGISTER; i++) {
    let row = first_row + thread.y + i * THREADS;
    if (row >= params.rows) { continue; }
    for (var j = 0u; j < REGISTER; j++) {
      let key = first_key + thread.x + j * THREADS;
      if (key < params.keys) {
        logits[row * params.stride + params.column + key] = Store(log(max(params.factor * mean[i][j], params.least)));
      }
    }
  }
}
