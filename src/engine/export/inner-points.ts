/** Most points of one object. */
const MOST = 3;
/** Parts less deep than this share of the deepest get no point. */
const LEAST_DEPTH = 0.5;

/**
 * Points well inside every object of a map of places [height, width], as [x, y] of pixels: the pixel farthest from the
 * object's edge (by steps along rows and columns) of its deepest parts, the deepest first, at most three.
 */
export function innerPoints(places: Uint16Array, width: number, objects: number): [number, number][][] {
  const depth = depths(places, width);
  const pixels = Array.from({ length: objects }, (): number[] => []);
  for (let at = 0; at < places.length; at++) pixels[places[at]!]?.push(at);
  return pixels.map((own) => {
    const points: [number, number][] = [];
    let deepest = 0;
    while (points.length < MOST) {
      let best = -1;
      for (const at of own) if (depth[at]! > (best < 0 ? 0 : depth[best]!)) best = at;
      if (best < 0 || depth[best]! < LEAST_DEPTH * deepest) break;
      deepest = Math.max(deepest, depth[best]!);
      points.push([best % width, Math.floor(best / width)]);
      clear(depth, places, width, best);
    }
    return points;
  });
}

/** Steps from every pixel to the nearest of another object, or out of the picture. */
function depths(places: Uint16Array, width: number): Uint32Array {
  const depth = new Uint32Array(places.length);
  const height = places.length / width;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const left = x > 0 && places[at - 1] === places[at] ? depth[at - 1]! : 0;
      const above = y > 0 && places[at - width] === places[at] ? depth[at - width]! : 0;
      depth[at] = 1 + Math.min(left, above);
    }
  }
  for (let y = height - 1, at = places.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, at--) {
      const right = x < width - 1 && places[at + 1] === places[at] ? depth[at + 1]! : 0;
      const below = y < height - 1 && places[at + width] === places[at] ? depth[at + width]! : 0;
      depth[at] = Math.min(depth[at]!, 1 + Math.min(right, below));
    }
  }
  return depth;
}

/** Sets the depth of the part that a pixel belongs to 0. */
function clear(depth: Uint32Array, places: Uint16Array, width: number, from: number): void {
  const open = [from];
  depth[from] = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    for (const next of [x > 0 ? at - 1 : at, x < width - 1 ? at + 1 : at, at - width, at + width]) {
      if (places[next] !== places[at] || depth[next] === 0) continue;
      depth[next] = 0;
      open.push(next);
    }
  }
}
