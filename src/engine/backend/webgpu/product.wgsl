// One tile of q·kᵀ, for statistics.wgsl and attention.wgsl; it stands between tile.wgsl and their own text, which declares
// `params` with the rows, keys and quads.
//
// q [heads, rows, 4·quads] of f32, scaled (pack.wgsl); k [heads, keys, 4·quads] of f32: one page of keys; quads a
// multiple of 4. Products and sums are f32. Rows and keys past the end repeat the last: the inner loop needs no guard,
// and whoever takes the products leaves those out.

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;

var<workgroup> queries: array<vec4f, TILE * 4>;
var<workgroup> keys: array<vec4f, TILE * 4>;

const NEGLIGIBLE = -100.0; // its exponential is 0 in f32; far below it some drivers' exp goes wrong

// Products of one head's rows and keys from `first_row` and `first_key` on. All threads of the workgroup call it at once.
fn multiply(head: u32, first_row: u32, first_key: u32, thread: vec3u, lane: u32, products: ptr<function, Square>) {
  // Set to zero here: some compilers zero a variable declared in a loop only once.
  for (var i = 0u; i < REGISTER; i++) { (*products)[i] = array<f32, REGISTER>(); }
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
        for (var j = 0u; j < REGISTER; j++) { (*products)[i][j] += dot(query, column[j]); }
      }
    }
    workgroupBarrier();
  }
}
