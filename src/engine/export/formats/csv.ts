import { csvLine } from '../../../lib/csv.ts';
import { isWithin } from '../../../lib/spans.ts';
import { defineFormat, type Job } from '../format.ts';
import { measureAll } from '../measure.ts';

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
  'class',
  'reviewed',
];

/**
 * One row per object and frame (RFC 4180, UTF-8): clip frame from 0, area in pixels and as a share of the frame, box and
 * centroid in pixels; an object that is not in a frame has area 0 and no box. `reviewed`: 1 where a user marked the frame so.
 */
export const csv = defineFormat({
  id: 'csv',
  group: 'data',
  suffix: 'objects',
  extension: () => 'csv',
  options: [],
  frames: 'each',
  write: (job) => job.writeText(rows(job)),
});

async function* rows({ info, selection, masks }: Job) {
  const { objects, reviewed = [] } = selection;
  yield row(HEADER);
  for await (const { index, places } of masks()) {
    const measures = measureAll(places, info.width, objects.length);
    yield objects
      .map((object, at) => {
        const { area, box, centroid } = measures[at]!;
        return row([
          index,
          decimals(info.timestamps[index]!, 6),
          object.index,
          object.name,
          area,
          decimals(area / places.length, 6),
          ...(box ?? ['', '', '', '']),
          ...(centroid?.map((value) => decimals(value, 2)) ?? ['', '']),
          object.category,
          Number(isWithin(reviewed, index)),
        ]);
      })
      .join('');
  }
}

const decimals = (value: number, digits: number): number => Number(value.toFixed(digits));

const row = (cells: readonly (string | number)[]): string => `${csvLine(cells)}\r\n`;
