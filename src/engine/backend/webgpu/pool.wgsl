// Rows of A'v over squares of key positions: P of a square is the sum of the P of its positions, all of one key frame.
//
// whole [·, wholeStride] of Store: ln(all · P) of every position, `all` = frames · rows · columns; logits [·, stride]
// of Store: ln(width · P) of every square, padding 0. Squares at the right and lower edge may be cut off.
// One thread a square. `scale` is width / all. Dispatch: (⌈stride / LANES⌉, rows of A'v, 1).

struct Params {
  rows: u32, // of a frame of `whole`
  columns: u32,
  squaresDown: u32, // of a frame of `logits`
  squaresAcross: u32,
  side: u32, // of a square
  width: u32,
  wholeStride: u32,
  stride: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> whole: array<Store>;
@group(0) @binding(1) var<storage, read_write> logits: array<Store>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.stride) { return; }
  let place = id.y * params.stride + id.x;
  if (id.x >= params.width) {
    logits[place] = Store(0.0);
    return;
  }
  let across = id.x % params.squaresAcross;
  let down = id.x / params.squaresAcross % params.squaresDown;
  let frame = id.x / (params.squaresAcross * params.squaresDown);
  let start = id.y * params.wholeStride + frame * params.rows * params.columns;
  var sum = 0.0;
  for (var row = down * params.side; row < min((down + 1) * params.side, params.rows); row++) {
    for (var column = across * params.side; column < min((across + 1) * params.side, params.columns); column++) {
      sum += exp(f32(whole[start + row * params.columns + column]));
    }
  }
  logits[place] = Store(log(params.scale * sum));
}
