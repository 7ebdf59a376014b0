// Eq. 3 over one block of D: the nearest centroid of each row so far.
//
// distances [splits, rows, pitch]: the splits are summed into the first, and D is not below 0.
// best [rows]: the least D, at the lowest centroid; kept from earlier blocks of centroids,
// which came in order, unless `firstColumn` is 0. One thread a row. Dispatch: (⌈rows / LANES⌉, 1, 1).

struct Best { distance: f32, centroid: u32 }
struct Params { rows: u32, columns: u32, pitch: u32, splits: u32, firstColumn: u32 }

@group(0) @binding(0) var<storage, read_write> distances: array<f32>;
@group(0) @binding(1) var<storage, read_write> best: array<Best>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rows) { return; }
  var found = Best(3.4e38, 0);
  if (params.firstColumn > 0) { found = best[id.x]; }
  for (var column = 0u; column < params.columns; column++) {
    let place = id.x * params.pitch + column;
    var d = distances[place];
    for (var split = 1u; split < params.splits; split++) { d += distances[place + split * params.rows * params.pitch]; }
    d = max(d, 0.0);
    distances[place] = d;
    if (d < found.distance) { found = Best(d, params.firstColumn + column); }
  }
  best[id.x] = found;
}
