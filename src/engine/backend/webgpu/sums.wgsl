// Adds rows of one page to the sums of their clusters: sums[clusterOf[c]] += Σ P over members[begin[c] .. begin[c+1]).
//
// logits [rows, 4·quads] of Store; sums [clusters, 4·quads] of f32 (of width · P for 'kl').
// One thread a quad of a cluster, its members in their order, in blocks of BLOCK so that long sums keep their digits:
// the same rows give the same bits. Dispatch: (⌈quads / LANES⌉, clusters touched, 1).

override COSINE: bool;

struct Params { quads: u32 }

@group(0) @binding(0) var<storage, read> logits: array<vec4<Store>>;
@group(0) @binding(1) var<storage, read> members: array<u32>;
@group(0) @binding(2) var<storage, read> begin: array<u32>;
@group(0) @binding(3) var<storage, read> clusterOf: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(5) var<uniform> params: Params;

const BLOCK = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.quads) { return; }
  let end = begin[id.y + 1];
  var sum = vec4f();
  for (var first = begin[id.y]; first < end; first += BLOCK) {
    var part = vec4f();
    for (var i = first; i < min(first + BLOCK, end); i++) {
      let l = vec4f(logits[members[i] * params.quads + id.x]);
      part += select(exp(l), l, COSINE);
    }
    sum += part;
  }
  sums[clusterOf[id.y] * params.quads + id.x] += sum;
}
