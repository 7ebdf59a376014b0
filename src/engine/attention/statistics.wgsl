// Online softmax statistics of q·kᵀ: the largest logit of each row and head, and Σ exp(logit − largest).
// Nothing of size rows × keys is written.
//
// q [heads, rows, 4·quads], scaled (pack.wgsl); k [heads, keys, 4·quads]: one page of keys; quads a multiple of 4.
// statistics [heads, rows] of (largest, sum): read where `resume` is 1 (later pages of keys), and written.
// A workgroup of THREADS² takes TILE rows of one head and passes over all keys of the page in tiles of TILE; a
// thread sums REGISTER² logits at a time. Rows and keys past the end repeat the last and are left out of the sums.
// Dispatch: (⌈rows / TILE⌉, heads, 1).

struct Params { rows: u32, keys: u32, quads: u32, resume: u32 }

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(3) var<uniform> params: Params;

const LOWEST = -3.0e38;
const NEGLIGIBLE = -100.0; // its exponential is 0 in f32; far below it some drivers' exp goes wrong
const LOADS = TILE * 4 / (THREADS * THREADS);

var<workgroup> queries: array<vec4f, TILE * 4>;
var<workgroup> keys: array<vec4f, TILE * 4>;
var<workgroup> partial: array<vec2f, TILE * THREADS>;

// Place of quad 0..3 of a tile's row, turned so that neighbouring rows fall into different banks.
fn at(row: u32, quad: u32) -> u32 {
  return row * 4 + (quad ^ ((row >> 1) & 3));
}

// (largest, sum) of two sets of logits together.
fn merge(a: vec2f, b: vec2f) -> vec2f {
  let top = max(a.x, b.x);
  return vec2f(top, a.y * exp(max(a.x - top, NEGLIGIBLE)) + b.y * exp(max(b.x - top, NEGLIGIBLE)));
}

@compute @workgroup_size(THREADS, THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) thread: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_row = group.x * TILE;
  let head = group.y;
  var found: array<vec2f, REGISTER>;
  for (var i = 0u; i < REGISTER; i++) { found[i] = vec2f(LOWEST, 0.0); }

  var logits: array<array<f32, REGISTER>, REGISTER>;
  for (var first_key = 0u; first_key < params.keys; first_key += TILE) {
    // Told to be zero here: some compilers zero a variable declared in a loop only once.
    for (var i = 0u; i < REGISTER; i++) { logits[i] = array<f32, REGISTER>(); }
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
          for (var j = 0u; j < REGISTER; j++) { logits[i][j] += dot(query, column[j]); }
        }
      }
      workgroupBarrier();
    }
    for (var i = 0u; i < REGISTER; i++) {
      var top = found[i].x;
      for (var j = 0u; j < REGISTER; j++) {
        if (first_key + thread.x + j * THREADS < params.keys) { top = max(top, logits[i][j]); }
      }
      var sum = found[i].y * exp(max(found[i].x - top, NEGLIGIBLE));
      for (var j = 0u; j < REGISTER; j++) {
        if (first_key + thread.x + j * THREADS < params.keys) { sum += exp(max(logits[i][j] - top, NEGLIGIBLE)); }
      }
      found[i] = vec2f(top, sum);
    }
  }

  for (var i = 0u; i < REGISTER; i++) { partial[(thread.y + i * THREADS) * THREADS + thread.x] = found[i]; }
  workgroupBarrier();
  for (var row = lane; row < TILE; row += THREADS * THREADS) {
    if (first_row + row >= params.rows) { continue; }
    let place = head * params.rows + first_row + row;
    var whole = vec2f(LOWEST, 0.0);
    if (params.resume == 1) { whole = statistics[place]; }
    for (var x = 0u; x < THREADS; x++) { whole = merge(whole, partial[row * THREADS + x]); }
    statistics[place] = whole;
  }
}
