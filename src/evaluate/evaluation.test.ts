import { describe, expect, test } from 'vitest';
import { runSettings } from '../../test/run-settings.ts';
import { decodePng } from '../lib/png.ts';
import type { Labels } from '../metrics/labels.ts';
import type { ProtocolName, SequenceScore } from '../metrics/protocols.ts';
import { bars, linesOverTime, sweepChart } from './charts.ts';
import { bestVariant, type GalleryFrame, reportHtml } from './html.ts';
import { matchedLabels, OBJECT_COLOURS, overlayPng } from './overlay.ts';
import { type Outcome, type Plan, resultsCsv, variantReports } from './results.ts';
import { folderName, shardOf, spreadVariants } from './variants.ts';

describe('sweeps', () => {
  test('every combination, what is dear to change first', () => {
    const values = { tau: '0.6, 0.8', metric: 'Av,A', temperature: '2,2,1' };
    const variants = spreadVariants(values, ['metric', 'tau']);
    expect(variants.map(({ name }) => name)).toEqual([
      'metric=Av tau=0.6',
      'metric=Av tau=0.8',
      'metric=A tau=0.6',
      'metric=A tau=0.8',
    ]);
    expect(variants[1]).toMatchObject({
      folder: 'metric=Av_tau=0.8',
      values: { tau: '0.8', metric: 'Av', temperature: '2,2,1' },
    });
  });

  test('without a list there is one run', () => {
    expect(spreadVariants({ tau: '1' }, ['tau'])).toEqual([
      { name: 'run', folder: 'run', values: { tau: '1' } },
    ]);
    expect(folderName('model=../a b.safetensors')).toBe('model=.._a_b.safetensors');
  });

  test('shards part a list without overlap', () => {
    const list = [1, 2, 3, 4, 5, 6, 7];
    const parts = [1, 2, 3].map((index) => shardOf(list, { index, of: 3 }));
    expect(parts).toEqual([
      [1, 4, 7],
      [2, 5],
      [3, 6],
    ]);
  });
});

const SETTINGS = runSettings({ height: 48, width: 96, ratio: 1, clustering: 'paper', device: 'wasm' });
const score = (J: number[], proposal: number | null = 1): SequenceScore => ({
  measures: { J: J.reduce((a, b) => a + b) / J.length, 'J&F': 0.5 },
  objects: [{ truth: 1, proposal, measures: { J: J[0]! }, J, F: null }],
  ignored: [],
});
const outcome = (variant: string, sequence: string, J: number[]): Outcome => ({
  variant,
  sequence,
  run: {
    settings: SETTINGS,
    times: [],
    levels: [4, 2],
    pairs: { computed: 1, all: 2, share: 0.5 },
    clusters: 3,
    objects: 2,
    frames: J.length,
    scored: J.map((_, i) => String(i)),
    device: 'wasm',
    seconds: 61,
  },
  scores: { single: score(J) },
  error: null,
});
const plan: Plan = {
  dataset: '/data/some "set"',
  protocols: ['single'],
  values: { tau: '0.6,0.8' },
  sequences: ['a,1', '<b>'],
};
const outcomes: Outcome[] = [
  outcome('tau=0.6', 'a,1', [0.2, 0.4]),
  outcome('tau=0.8', 'a,1', [0.9, 0.7]),
  {
    variant: 'tau=0.6',
    sequence: '<b>',
    run: null,
    scores: null,
    error: { code: 'png/damaged', message: 'x & y' },
  },
];

describe('results', () => {
  const reports = variantReports(plan, outcomes);

  test('figures of each variant, failures apart', () => {
    expect(reports).toMatchObject([
      { variant: 'tau=0.6', failed: 1, frames: 2, reports: [{ measures: { J: expect.closeTo(0.3) } }] },
      { variant: 'tau=0.8', failed: 0, reports: [{ measures: { J: expect.closeTo(0.8) } }] },
    ]);
    expect(bestVariant(reports)).toBe(1);
    expect(bestVariant([])).toBe(-1);
  });

  test('CSV has a row a sequence and object', () => {
    const lines = resultsCsv(reports).trimEnd().split('\n');
    expect(lines[0]).toBe('variant,protocol,sequence,object,proposal,J&F,J');
    expect(lines.slice(1, 3)).toEqual([
      'tau=0.6,single,"a,1",all,,0.500000,0.300000',
      'tau=0.6,single,"a,1",1,1,,0.200000',
    ]);
    expect(lines).toHaveLength(5);
  });

  test('the report stands alone, names what failed, and keeps names harmless', () => {
    const frame: GalleryFrame = {
      sequence: 'a,1',
      key: '0',
      J: 0.2,
      image: 'data:image/jpeg;base64,AAAA',
      truth: 'data:image/png;base64,BBBB',
      proposal: 'data:image/png;base64,CCCC',
      width: 4,
      height: 2,
    };
    const gallery = {
      protocol: 'single' as const,
      variant: 'tau=0.8',
      worst: [frame],
      best: [{ ...frame, image: null }],
    };
    const html = reportHtml({ plan, variants: reports, outcomes, gallery });
    expect(html).toContain('some &quot;set&quot;');
    expect(html).toContain('&lt;b&gt;');
    expect(html).not.toContain('<b></');
    expect(html).toContain('x &amp; y');
    expect(html).toContain('.image-0{background-image:url(data:image/jpeg;base64,AAAA)}');
    expect(html).not.toContain('.image-1{');
    expect(html).toMatch(/<tr class="best"><th scope="row">tau=0.8/);
    expect(html).not.toMatch(/https?:|<script|<link/);
    expect(html.match(/<details/g)).toHaveLength(2);
  });
});

describe('charts', () => {
  test('lengths are to scale and nothing is NaN', () => {
    const drawn = bars(
      [
        { name: 'a', value: 1 },
        { name: 'b', value: 0.5 },
      ],
      'J',
    );
    const [full, half] = [...drawn.matchAll(/class="bar"[^>]* width="([\d.]+)"/g)].map((found) =>
      Number(found[1]),
    );
    expect(half).toBeCloseTo(full! / 2, 0);
    const all = [
      drawn,
      linesOverTime([{ name: 'x', values: [0, 1, 0.5], colour: 'red' }], 't'),
      linesOverTime([{ name: 'x', values: [0.5], colour: 'red' }], 't'),
      linesOverTime([], 't'),
      sweepChart([{ name: 'J', values: [0.1, null, 0.3], colour: 'red' }], ['1', '2', '3'], 't'),
      sweepChart([{ name: 'J', values: [null], colour: 'red' }], ['1'], 't'),
    ];
    for (const chart of all) expect(chart).not.toMatch(/NaN|undefined|Infinity/);
    expect(all[1]).toContain('points="26.0,94.0 180.0,6.0 334.0,50.0"');
  });
});

describe('overlays', () => {
  const map = (text: string): Labels => ({
    width: text.length,
    height: 1,
    labels: Uint16Array.from(text, (c) => (c === '#' ? 255 : Number(c))),
  });
  const seen = (protocol: ProtocolName, proposals: (number | null)[], objects = 9) => {
    const all: SequenceScore = {
      measures: {},
      ignored: [],
      objects: proposals.map((proposal, i) => ({ truth: i + 1, proposal, measures: {}, J: [], F: null })),
    };
    const { truth, proposal } = matchedLabels(
      { protocol, score: all, objects },
      map('01122#'),
      map('533444'),
    );
    return [truth, proposal].map((labels) => [...labels].join(''));
  };

  test('a proposal takes its object’s number; what was matched to none is left out', () => {
    expect(seen('video', [3, 4])).toEqual(['011220', '011222']);
    expect(seen('davis-2017-unsupervised', [5, null])).toEqual(['011220', '100222']);
  });

  test('matched frame by frame: the best proposal of this one', () => {
    expect(seen('authors', [null, null])).toEqual(['011220', '011222']);
  });

  test('one foreground is one colour', () => {
    expect(seen('single', [null], 3)).toEqual(['011110', '011000']);
    expect(seen('best-cluster', [4])).toEqual(['011110', '000111']);
  });

  test('the background is transparent, objects are coloured in turn', async () => {
    const count = OBJECT_COLOURS.length;
    const png = await overlayPng(Uint16Array.of(0, 1, 2, count, count + 1), 5, 1);
    expect([...(await decodePng(png, 'overlay')).samples]).toEqual([0, 1, 2, count, 1]);
    expect(Buffer.from(png).includes('tRNS')).toBe(true);
  });
});
