/** What a mask measures. Pixels; a pixel's centre is half a pixel from its corner. */
export interface Measure {
  area: number;
  /** [x, y, width, height] of the box around it; null where it is empty. */
  box: readonly [number, number, number, number] | null;
  centroid: readonly [number, number] | null;
}

/** Measures every object of a map of places [height, width], in their order. */
export function measureAll(places: Uint16Array, width: number, objects: number): Measure[] {
  const area = new Float64Array(objects);
  const sumX = new Float64Array(objects);
  const sumY = new Float64Array(objects);
  const left = new Int32Array(objects).fill(width);
  const right = new Int32Array(objects).fill(-1);
  const top = new Int32Array(objects).fill(-1);
  const bottom = new Int32Array(objects).fill(-1);
  const height = places.length / width;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const place = places[at]!;
      if (place >= objects) continue;
      area[place]! += 1;
      sumX[place]! += x;
      sumY[place]! += y;
      if (x < left[place]!) left[place] = x;
      if (x > right[place]!) right[place] = x;
      if (top[place]! < 0) top[place] = y;
      bottom[place] = y;
    }
  }
  return Array.from(area, (pixels, place) => {
    if (pixels === 0) return { area: 0, box: null, centroid: null };
    const [x, y] = [left[place]!, top[place]!];
    return {
      area: pixels,
      box: [x, y, right[place]! - x + 1, bottom[place]! - y + 1],
      centroid: [sumX[place]! / pixels + 0.5, sumY[place]! / pixels + 0.5],
    };
  });
}
