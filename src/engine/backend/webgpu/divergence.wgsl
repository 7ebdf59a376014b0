// D between rows of two pages (Eq. 2), as one register-tiled matrix product with two products an entry:
// D_ij = h_i + h_j − scale · Σ(P_i·L_j + L_i·P_j), P made from the stored L as a tile is loaded.
//
// a, b: pages [rows, 4·quads] of Store, quads a multiple of 4, padding 0 (adds nothing); h of each row.
// Row i of the block is row rowOf[shape.firstRow + i] of a, column j is row columnOf[shape.firstColumn + j] of b.
// distances [splits, shape.rows, pitch] of f32: the sum over splits is D. Split s sums the quads
// [s · span, (s + 1) · span), span a multiple of 4; the first split holds h_i + h_j.
// tile.wgsl stands before this text: a workgroup computes TILE × TILE entries, a thread REGISTER², in f32. Rows and columns
// past the end repeat the last and are not written: pages need no padding of rows, and the inner loop no guard.
// Dispatch: (⌈columns / TILE⌉, ⌈rows / TILE⌉, splits); `shape` is in storage so that the GPU may write it.

override COSINE: bool;

struct Shape { rows: u32, columns: u32, firstRow: u32, firstColumn: u32, cluster: u32 }
struct Params { quads: u32, span: u32, pitch: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> a: array<vec4<Store>>;
@group(0) @binding(1) var<storage, read> aEntropy: array<f32>;
@group(0) @binding(2) var<storage, read> rowOf: array<u32>;
@group(0) @binding(3) var<storage, read> b: array<vec4<Store>>;
@group(0) @binding(4) var<storage, read> bEntropy: array<f32>;
@group(0) @binding(5) var<storage, read> columnOf: array<u32>;
@group(0) @binding(6) var<storage, read> shape: Shape;
@group(0) @binding(7) var<storage, read_write> distances: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

var<workgroup> rowP: array<vec4f, TILE * 4>;
var<workgroup> rowL: array<vec4f, TILE * 4>;
var<workgroup> columnP: array<vec4f, TILE * 4>;
var<workgroup> columnL: array<vec4f, TILE * 4>;

fn probability(l: vec4f) -> vec4f {
  return select(exp(l), l, COSINE);
}

@compute @workgroup_size(THREADS, THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) thread: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_row = group.y * TILE;
  let first_column = group.x * TILE;
  let quad = lane % 4;
  var rowStart: array<u32, LOADS>;
  var columnStart: array<u32, LOADS>;
  for (var load = 0u; load < LOADS; load++) {
    let row = (lane + load * THREADS * THREADS) / 4;
    rowStart[load] = quad + params.quads * rowOf[shape.firstRow + min(first_row + row, shape.rows - 1)];
    columnStart[load] = quad + params.quads * columnOf[shape.firstColumn + min(first_column + row, shape.columns - 1)];
  }

  var products: Square;
  let end = min((group.z + 1) * params.span, params.quads);
  for (var step = group.z * params.span; step < end; step += 4) {
    for (var load = 0u; load < LOADS; load++) {
      let place = at((lane + load * THREADS * THREADS) / 4, quad);
      let row = vec4f(a[rowStart[load] + step]);
      let column = vec4f(b[columnStart[load] + step]);
      rowL[place] = row;
      rowP[place] = probability(row);
      columnL[place] = column;
      columnP[place] = probability(column);
    }
    workgroupBarrier();
    for (var part = 0u; part < 4; part++) {
      var p: array<vec4f, REGISTER>;
      var l: array<vec4f, REGISTER>;
      for (var j = 0u; j < REGISTER; j++) {
        let place = at(thread.x + j * THREADS, part);
        p[j] = columnP[place];
        l[j] = columnL[place];
      }
      for (var i = 0u; i < REGISTER; i++) {
        let place = at(thread.y + i * THREADS, part);
        let pi = rowP[place];
        let li = rowL[place];
        for (var j = 0u; j < REGISTER; j++) { products[i][j] += dot(pi, l[j]) + dot(li, p[j]); }
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < REGISTER; i++) {
    let row = first_row + thread.y + i * THREADS;
    if (row >= shape.rows) { continue; }
    for (var j = 0u; j < REGISTER; j++) {
      let column = first_column + thread.x + j * THREADS;
      if (column >= shape.columns) { continue; }
      var d = -params.scale * products[i][j];
      if (group.z == 0) {
        d += aEntropy[rowOf[shape.firstRow + row]] + bEntropy[columnOf[shape.firstColumn + column]];
      }
      distances[(group.z * shape.rows + row) * params.pitch + column] = d;
    }
  }
}
