import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countFrame } from './counts.ts';
import type { Labels } from './labels.ts';
import { type Measures, PROTOCOLS, type ProtocolName, summarise } from './protocols.ts';

const NAMES = Object.keys(PROTOCOLS) as ProtocolName[];

function score(name: ProtocolName, truth: Labels[], proposal: Labels[]) {
  const protocol = PROTOCOLS[name];
  const { contours } = protocol;
  return protocol.score(
    truth.map((frame, i) => countFrame(frame, proposal[i]!, { contours, foreground: 255 })),
  );
}

/** Frames drawn as text: a digit a label, '.' background, '#' void. */
function draw(...frames: string[]): Labels[] {
  return frames.map((frame) => {
    const rows = frame.trim().split(/\s+/);
    const labels = Uint16Array.from(rows.join(''), (c) => (c === '.' ? 0 : c === '#' ? 255 : Number(c)));
    return { width: rows[0]!.length, height: rows.length, labels };
  });
}

/** See test/reference/metrics.py: the same masks, scored by brute force in numpy. */
interface Case extends Partial<Record<ProtocolName, Record<string, number>>> {
  frames: number;
  height: number;
  width: number;
  truth: number[];
  proposal: number[];
}
const CASES = JSON.parse(
  readFileSync(new URL('../../test/fixtures/metrics.json', import.meta.url), 'utf8'),
) as Case[];

function unrun({ frames, width, height }: Case, runs: number[]): Labels[] {
  const all = new Uint16Array(frames * width * height);
  for (let i = 0, at = 0; i < runs.length; i += 2) {
    all.fill(runs[i]!, at, at + runs[i + 1]!);
    at += runs[i + 1]!;
  }
  const size = width * height;
  return Array.from({ length: frames }, (_, k) => ({
    width,
    height,
    labels: all.slice(k * size, (k + 1) * size),
  }));
}

describe('agrees with the independent reference', () => {
  const pairs = CASES.flatMap((one, i) =>
    NAMES.filter((name) => one[name]).map((name) => [i, name] as const),
  );
  test.each(pairs)('case %i, %s', (i, name) => {
    const one = CASES[i]!;
    const got = score(name, unrun(one, one.truth), unrun(one, one.proposal));
    for (const [measure, value] of Object.entries(one[name]!)) {
      expect({ [measure]: got.measures[measure as 'J'] }).toEqual({ [measure]: expect.closeTo(value, 9) });
    }
  });
});

describe('by hand', () => {
  test('one matching a sequence, or one per frame', () => {
    const truth = draw('1122', '1122');
    const swapped = draw('1122', '2211');
    expect(score('davis-2017-unsupervised', truth, swapped).measures.J).toBe(0.5);
    expect(score('authors', truth, swapped).measures.J).toBe(1);
    expect(score('authors', truth, swapped).objects.map((object) => object.proposal)).toEqual([null, null]);
  });

  test('the objects are those numbered in the first frame', () => {
    const got = score('davis-2017-unsupervised', draw('11..', '11.2'), draw('11..', '11.2'));
    expect(got.objects.map((object) => object.truth)).toEqual([1]);
    expect(got.ignored).toEqual([2]);
  });

  test('void pixels count for nothing', () => {
    for (const name of NAMES) {
      const measures = score(name, draw('11##.2'), draw('111222'.replace('222', '2.2'))).measures;
      expect(measures).toEqual(score(name, draw('11##.2'), draw('11...2')).measures);
    }
  });

  test('one foreground: objects merge', () => {
    expect(score('single', draw('123.'), draw('1..3')).measures.J).toBe(1 / 4);
    expect(score('best-cluster', draw('113.'), draw('1223')).measures.J).toBe(2 / 3);
    expect(score('best-cluster', draw('113.'), draw('....')).objects[0]).toMatchObject({
      proposal: null,
      J: [0],
    });
  });

  test('mIoU is over the whole video, mBO lets a proposal serve twice', () => {
    const measures = score('video', draw('1122', '11..'), draw('1111', '11..')).measures;
    expect(measures).toMatchObject({ mIoU: 4 / 6 / 2, mBO: (4 / 6 + 2 / 6) / 2, 'FG-ARI': 0 });
  });

  test('a data set’s figure is over objects where DAVIS does so, else over sequences', () => {
    const one = score('davis-2017-unsupervised', draw('1'), draw('1'));
    const two = score('davis-2017-unsupervised', draw('12'), draw('..'));
    expect(summarise(PROTOCOLS['davis-2017-unsupervised'], [one, two]).J).toBeCloseTo(1 / 3);
    expect(summarise(PROTOCOLS.video, [one, two]).J).toBeCloseTo(1 / 2);
  });
});

describe('properties', () => {
  const clip = fc
    .record({
      frames: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 6 }),
    })
    .chain(({ frames, width, height }) => {
      const size = frames * width * height;
      const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: size, maxLength: size });
      const cut = (all: number[]): Labels[] =>
        Array.from({ length: frames }, (_, k) => ({
          width,
          height,
          labels: Uint16Array.from(all.slice(k * width * height, (k + 1) * width * height)),
        }));
      return fc.record({ truth: labels.map(cut), proposal: labels.map(cut) });
    });
  const close = (measures: object) =>
    Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, expect.closeTo(value, 9)]));

  /** What a matching makes greatest; ties may part J from F, or shift recall and decay. */
  const optimal = (measures: Measures): Measures => {
    const names =
      measures['J&F'] === undefined ? (['J', 'mIoU', 'mBO', 'FG-ARI', 'ARI'] as const) : (['J&F'] as const);
    return Object.fromEntries(names.filter((n) => measures[n] !== undefined).map((n) => [n, measures[n]]));
  };

  test.each(NAMES)('%s: a perfect prediction gives 1', (name) => {
    fc.assert(
      fc.property(clip, (drawn) => {
        // The best single proposal is perfect only where there is one object.
        const most = name === 'best-cluster' ? 1 : 4;
        const truth = drawn.truth.map((frame) => ({
          ...frame,
          labels: frame.labels.map((label) => Math.min(label, most)),
        }));
        const { measures, objects } = score(name, truth, truth);
        fc.pre(objects.length > 0);
        for (const [measure, value] of Object.entries(measures)) {
          expect(value).toBeCloseTo(measure.endsWith('decay') ? 0 : 1, 9);
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each(NAMES)('%s: how proposals are numbered changes nothing', (name) => {
    const orders = fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 });
    fc.assert(
      fc.property(clip, orders, ({ truth, proposal }, order) => {
        // All four in use, so that the number of proposals stays.
        proposal[0]!.labels.set([1, 2, 3, 4].slice(0, proposal[0]!.labels.length));
        fc.pre(proposal[0]!.labels.length >= 4);
        const renamed = proposal.map((frame) => ({
          ...frame,
          labels: frame.labels.map((l) => (l ? order[l - 1]! : 0)),
        }));
        const best = (clip: Labels[]) => optimal(score(name, truth, clip).measures);
        expect(best(renamed)).toEqual(close(best(proposal)));
      }),
      { numRuns: 60 },
    );
  });

  test.each(NAMES)('%s: measures stay in their bounds', (name) => {
    fc.assert(
      fc.property(clip, ({ truth, proposal }) => {
        for (const [measure, value] of Object.entries(score(name, truth, proposal).measures)) {
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(value).toBeGreaterThanOrEqual(/decay|ARI/.test(measure) ? -1 : 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});
