// Rows of A'v (Eq. 1) in log space: ln(width · mean over heads of softmax(q·kᵀ)).
//
// q, k as in statistics.wgsl; statistics [heads, rows] of all pages of keys; logits [rows, stride] of Store, of which
// the columns [column, column + keys) are written here.
// A workgroup of THREADS² computes a tile of TILE rows × TILE keys, head after head; a thread sums REGISTER² entries
// of the mean in f32. The mean is raised to `least` before the logarithm. `factor` is width / heads.
// Dispatch: (⌈keys / TILE⌉, ⌈rows / TILE⌉, 1).

struct Params { rows: u32, keys: u32, quads: u32, heads: u32, column: u32, stride: u32, factor: f32, least: f32 }

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> logits: array<Store>;
@group(0) @binding(4) var<uniform> params: Params;

const NEGLIGIBLE = -100.0; // its exponential is 0 in f32; far below it some drivers' exp goes wrong
const LOADS = TILE * 4 / (THREADS * THREADS);

var<workgroup> queries: array<vec4f, TILE * 4>;
var<workgroup> keys: array<vec4f, TILE * 4>;

// Place of quad 0..3 of a tile's row, turned so that neighbouring rows fall into different banks.
fn at(row: u32, quad: u32) -> u32 {
  return row * 4 + (quad ^ ((row >> 1) & 3));
}

@compute @workgroup_size(THREADS, THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) thread: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_key = group.x * TILE;
  let first_row = group.y * TILE;
  var mean: array<array<f32, REGISTER>, REGISTER>;
  var products: array<array<f32, REGISTER>, REGISTER>;

  for (var head = 0u; head < params.heads; head++) {
    // Told to be zero here: some compilers zero a variable declared in a loop only once.
    for (var i = 0u; i < REGISTER; i++) { products[i] = array<f32, REGISTER>(); }
    for (var step = 0u; step < params.quads; step += 4) {
      for (var load = 0u; load < LOADS; load++) {
        let row = (lane + load * THREADS * THREADS) / 4;
        let quad = lane % 4;
        let query = min(first_row + row, params.rows - 1);
        let key = min(first_key + row, params.keys - 1);
        queries[at(row, quad)] = q[(head * params.rows + query) * params.quads + step + quad];
        keys[at(row, quad)] = k[(head * params.keys + key) * params.quads + step + quad];
      }
      workgroupBarrier();
      for (var quad = 0u; quad < 4; quad++) {
        var column: array<vec4f, REGISTER>;
        for (var j = 0u; j < REGISTER; j++) { column[j] = keys[at(thread.x + j * THREADS, quad)]; }
        for (var i = 0u; i < REGISTER; i++) {
          let query = queries[at(thread.y + i * THREADS, quad)];
          for (var j = 0u; j < REGISTER; j++) { products[i][j] += dot(query, column[j]); }
        }
      }
      workgroupBarrier();
    }
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
