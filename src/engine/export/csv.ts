import { csvLine } from '../../lib/csv.ts';
import type { ExportFrame } from './frames.ts';
import { measureAll } from './measure.ts';
import type { ExportObject } from './types.ts';

const HEADER = [
  'frame',
  'seconds',
  'object',
  'name',
  'area',
  'share',
  'x',
  'y',
  'width',
  'height',
  'centroid_x',
  'centroid_y',
];

/**
 * A row an object and frame (RFC 4180, UTF-8): clip frame from 0, area in pixels and as a share of the frame, box and
 * centroid in pixels; an object that is not in a frame has area 0 and no box.
 */
export async function* csvOf(
  frames: AsyncIterable<ExportFrame>,
  objects: readonly ExportObject[],
  width: number,
  timestamps: Float64Array,
): AsyncGenerator<string, void, undefined> {
  yield row(HEADER);
  for await (const { index, places } of frames) {
    const measures = measureAll(places, width, objects.length);
    yield objects
      .map((object, at) => {
        const { area, box, centroid } = measures[at]!;
        return row([
          index,
          decimals(timestamps[index]!, 6),
          object.index,
          object.name,
          area,
          decimals(area / places.length, 6),
          ...(box ?? ['', '', '', '']),
          ...(centroid?.map((value) => decimals(value, 2)) ?? ['', '']),
        ]);
      })
      .join('');
  }
}

const decimals = (value: number, digits: number): number => Number(value.toFixed(digits));

const row = (cells: readonly (string | number)[]): string => `${csvLine(cells)}\r\n`;
