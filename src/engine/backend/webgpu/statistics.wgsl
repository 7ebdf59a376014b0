// Online softmax statistics of q·kᵀ: the largest logit of each row and head, and Σ exp(logit − largest).
// Nothing of size rows × keys is written.
//
// tile.wgsl and product.wgsl stand before this text: tiles, q and k.
// statistics [heads, rows] of (largest, sum), f32: read where `resume` is 1 (later pages of keys), and written.
// A workgroup takes TILE rows of one head and passes over all keys of the page in tiles of TILE; a thread sums the
// exponentials of REGISTER² logits at a time, relative to the largest so far. The threads of a row are merged at the end.
// Dispatch: (⌈rows / TILE⌉, heads, 1).

struct Params { rows: u32, keys: u32, quads: u32, resume: u32 }

@group(0) @binding(2) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(3) var<uniform> params: Params;

const LOWEST = -3.0e38;

var<workgroup> partial: array<vec2f, TILE * THREADS>;

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

  var logits: Square;
  for (var first_key = 0u; first_key < params.keys; first_key += TILE) {
    multiply(head, first_row, first_key, thread, lane, &logits);
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
