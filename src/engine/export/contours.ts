/** Outlines of objects as polygons over the corners of pixels. */

/** A closed line, x and y of its corners in turn: [x0, y0, x1, y1, …]; the last joins the first. */
export type Ring = number[];

/** East, south, west, north: steps along x and y. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * The outlines of every object of a map of places [height, width]: around each of its parts clockwise, around holes the
 * other way. Corners are those of pixels, so that the rings hold exactly the object's pixels; parts that touch at a corner
 * alone have rings of their own.
 */
export function outlines(places: Uint16Array, width: number, objects: number): Ring[][] {
  const height = places.length / width;
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? objects : places[y * width + x]!;
  // Of each object: directions in which an edge leaves a corner, as bits. The object is to the right of its edges.
  const edges = Array.from({ length: objects }, () => new Map<number, number>());
  const add = (place: number, x: number, y: number, direction: number) => {
    const corner = y * (width + 1) + x;
    edges[place]!.set(corner, (edges[place]!.get(corner) ?? 0) | (1 << direction));
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = places[y * width + x]!;
      if (place >= objects) continue;
      if (at(x, y - 1) !== place) add(place, x, y, 0);
      if (at(x + 1, y) !== place) add(place, x + 1, y, 1);
      if (at(x, y + 1) !== place) add(place, x + 1, y + 1, 2);
      if (at(x - 1, y) !== place) add(place, x, y + 1, 3);
    }
  }
  return edges.map((own) => ringsOf(own, width + 1));
}

function ringsOf(edges: Map<number, number>, stride: number): Ring[] {
  const rings: Ring[] = [];
  for (const start of edges.keys()) {
    while (edges.has(start)) rings.push(follow(edges, start, stride));
  }
  return rings;
}

/** Follows edges from a corner until they close, and takes them away. */
function follow(edges: Map<number, number>, start: number, stride: number): Ring {
  const ring: Ring = [];
  let corner = start;
  let before = -1;
  let first = -1;
  do {
    const out = edges.get(corner) ?? 0;
    // To the right first: where two parts touch at a corner, the line stays with its own.
    const next = [1, 0, 3]
      .map((turn) => (before + turn) % 4)
      .find((turn) => before >= 0 && out & (1 << turn));
    const direction = next ?? Math.log2(out & -out);
    const rest = out & ~(1 << direction);
    if (rest === 0) edges.delete(corner);
    else edges.set(corner, rest);
    if (first < 0) first = direction;
    else if (direction !== before) ring.push(corner % stride, Math.floor(corner / stride));
    const [x, y] = STEPS[direction]!;
    corner += x + y * stride;
    before = direction;
  } while (corner !== start);
  if (before !== first) ring.unshift(start % stride, Math.floor(start / stride));
  return ring;
}

/**
 * Rings as one, for formats that have a single polygon an object: each is joined to those before it by a line there and
 * back where the two are nearest. Filled by the even-odd rule it holds the same pixels.
 */
export function joined(rings: readonly Ring[]): Ring {
  const [outer, ...others] = rings;
  if (!outer) return [];
  return others.reduce(join, outer);
}

function join(ring: Ring, other: Ring): Ring {
  let nearest = Infinity;
  let [here, there] = [0, 0];
  for (let i = 0; i < ring.length; i += 2) {
    for (let j = 0; j < other.length; j += 2) {
      const distance = Math.hypot(ring[i]! - other[j]!, ring[i + 1]! - other[j + 1]!);
      if (distance < nearest) [nearest, here, there] = [distance, i, j];
    }
  }
  const around = [...other.slice(there), ...other.slice(0, there), ...other.slice(there, there + 2)];
  return [...ring.slice(0, here + 2), ...around, ...ring.slice(here, here + 2), ...ring.slice(here + 2)];
}
