// One round of Algorithm 1's sweep over a page of rows, its order resolved on the GPU.
//
// The rows that no pivot has taken yet stand in `standing`, in order. A round takes the first BATCH of them as
// candidates and asks for D among them; `resolve` walks these in order, exactly as the sequential sweep would: a
// candidate that no earlier pivot of the batch takes is a pivot. Then D of the other standing rows to those pivots
// alone; `assign` gives each row to the earliest pivot near it; `compact` keeps the rest, in order. A row meets the
// pivots in their order, and no row before a pivot's place could have been one, so nothing differs from one by one.
// Before the rounds, `meet` and `assign` give the rows to pivots of earlier calls, a block at a time.
//
// distances [splits, shape.rows, BATCH] as divergence.wgsl writes them. assignment [rows]: cluster, or -1.
// Dispatch: meet, pick: (1); resolve, compact: (1) workgroup; assign: (⌈rows / LANES⌉).

override INCLUSIVE: bool;

const BATCH = 64u;
const SCANNERS = 256u;

struct State {
  standing: u32, // rows that stand
  candidates: u32, // of this round
  accepted: u32, // pivots found in this round
  pivots: u32, // in the page of pivots
  pairs: u32, // entries of D asked for
}
struct Shape { rows: u32, columns: u32, firstRow: u32, firstColumn: u32, cluster: u32 }
struct Selection { count: u32, first: u32 }
struct Groups { x: u32, y: u32, z: u32 }
struct Plan {
  candidates: Groups, // D among candidates
  rest: Groups, // D of the rows to the pivots
  assign: Groups,
  append: Groups, // gather.wgsl: pivots to their page
}
struct Params {
  splits: u32,
  capacity: u32, // pivots that fit their page
  cluster: u32, // number of the first cluster of the page of pivots
  firstPivot: u32, // meet: block of pivots
  pivots: u32,
  copyGroups: u32, // ⌈quads / LANES⌉
  tau: f32,
}

@group(0) @binding(0) var<storage, read_write> state: State;
@group(0) @binding(1) var<storage, read_write> plan: Plan;
@group(0) @binding(2) var<storage, read_write> candidateShape: Shape;
@group(0) @binding(3) var<storage, read_write> shape: Shape;
@group(0) @binding(4) var<storage, read_write> selection: Selection;
@group(0) @binding(5) var<storage, read_write> accepted: array<u32>;
@group(0) @binding(6) var<storage, read> standing: array<u32>;
@group(0) @binding(7) var<storage, read_write> next: array<u32>;
@group(0) @binding(8) var<storage, read_write> assignment: array<i32>;
@group(0) @binding(9) var<storage, read> distances: array<f32>;
@group(0) @binding(10) var<uniform> params: Params;

fn tiles(entries: u32) -> u32 {
  return (entries + TILE - 1) / TILE;
}

// Workgroups of divergence.wgsl for a block; none for an empty one.
fn product(rows: u32, columns: u32) -> Groups {
  return Groups(tiles(columns), tiles(rows), select(params.splits, 0, rows * columns == 0));
}

// Whether D of a row and a column of a block of `rows` rows is below τ.
fn near(row: u32, column: u32, rows: u32) -> bool {
  var d = 0.0;
  for (var split = 0u; split < params.splits; split++) { d += distances[(split * rows + row) * BATCH + column]; }
  return d < params.tau || (INCLUSIVE && d == params.tau);
}

// Sets D of all standing rows to the pivots [firstPivot, firstPivot + pivots) of the page.
@compute @workgroup_size(1)
fn meet() {
  shape = Shape(state.standing, params.pivots, 0, params.firstPivot, params.cluster + params.firstPivot);
  plan.rest = product(state.standing, params.pivots);
  plan.assign = Groups((state.standing + LANES - 1) / LANES, 1, 1);
  state.pairs += state.standing * params.pivots;
  state.accepted = 0;
}

// Sets D among the first standing rows, as many as there are and as have a place.
@compute @workgroup_size(1)
fn pick() {
  let count = min(min(BATCH, state.standing), params.capacity - state.pivots);
  state.candidates = count;
  candidateShape = Shape(count, count, 0, 0, 0);
  plan.candidates = product(count, count);
  if (count > 0) { state.pairs += count * (count - 1) / 2; }
}

var<workgroup> pivot: i32; // number of the pivot that the candidate at hand became, or -1
var<workgroup> found: u32;

@compute @workgroup_size(BATCH)
fn resolve(@builtin(local_invocation_index) lane: u32) {
  let count = state.candidates;
  let first = params.cluster + state.pivots;
  var cluster = -1;
  for (var candidate = 0u; candidate < BATCH; candidate++) {
    if (lane == candidate) {
      pivot = -1;
      if (lane < count && cluster < 0) {
        cluster = i32(first + found);
        pivot = cluster;
        accepted[found] = standing[lane];
        found++;
      }
    }
    workgroupBarrier();
    if (pivot >= 0 && lane > candidate && lane < count && cluster < 0 && near(lane, candidate, count)) {
      cluster = pivot;
    }
    workgroupBarrier();
  }
  if (lane < count) { assignment[standing[lane]] = cluster; }
  if (lane == 0) {
    let rest = state.standing - count;
    state.accepted = found;
    state.pairs += rest * found;
    shape = Shape(rest, found, count, 0, first);
    selection = Selection(found, state.pivots);
    plan.rest = product(rest, found);
    plan.assign = Groups((rest + LANES - 1) / LANES, select(1u, 0u, found == 0), 1);
    plan.append = Groups(params.copyGroups, found, 1);
  }
}

@compute @workgroup_size(LANES)
fn assign(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.rows) { return; }
  for (var column = 0u; column < shape.columns; column++) {
    if (near(id.x, column, shape.rows)) {
      assignment[standing[shape.firstRow + id.x]] = i32(shape.cluster + column);
      return;
    }
  }
}

var<workgroup> counts: array<u32, SCANNERS>;

@compute @workgroup_size(SCANNERS)
fn compact(@builtin(local_invocation_index) lane: u32) {
  let each = (state.standing + SCANNERS - 1) / SCANNERS;
  let begin = min(lane * each, state.standing);
  let end = min(begin + each, state.standing);
  var count = 0u;
  for (var i = begin; i < end; i++) { count += u32(assignment[standing[i]] < 0); }
  counts[lane] = count;
  for (var reach = 1u; reach < SCANNERS; reach *= 2) {
    workgroupBarrier();
    var before = 0u;
    if (lane >= reach) { before = counts[lane - reach]; }
    workgroupBarrier();
    counts[lane] += before;
  }
  var place = counts[lane] - count;
  for (var i = begin; i < end; i++) {
    if (assignment[standing[i]] < 0) {
      next[place] = standing[i];
      place++;
    }
  }
  if (lane == SCANNERS - 1) {
    state.standing = counts[lane];
    state.pivots += state.accepted;
    state.accepted = 0;
  }
}
