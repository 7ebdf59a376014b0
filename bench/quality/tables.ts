/** The tables of quality.md, from what was measured. */
import { percent, reportsOf } from '../../src/evaluate/report.ts';
import { type Outcome, primaryMeasure } from '../../src/evaluate/results.ts';
import type { Measure, ProtocolName } from '../../src/metrics/protocols.ts';
import { type BenchDataset, type Point, RATIOS } from './plan.ts';

/** A model on a data set: the outcomes of each point, a sequence each, as far as they were measured. */
export interface Cell {
  model: string;
  hasCorrelator: boolean;
  defaultTau: number;
  points: { point: Point; outcomes: Outcome[] }[];
}

export interface Section {
  dataset: BenchDataset;
  /** Names of the data set's sequences. */
  sequences: string[];
  cells: Cell[];
}

type Figure = readonly [ProtocolName, Measure];

const FIGURES: Record<string, readonly Figure[]> = {
  'davis-2017': [
    ['davis-2017-unsupervised', 'J&F'],
    ['authors', 'J&F'],
    ['video', 'FG-ARI'],
    ['video', 'mIoU'],
  ],
  scenes: [
    ['video', 'FG-ARI'],
    ['video', 'mIoU'],
  ],
  'davis-2016': [
    ['best-cluster', 'J'],
    ['single', 'J'],
  ],
};

const FIGURE_NAMES: Partial<Record<ProtocolName, string>> = {
  'davis-2017-unsupervised': 'official',
  authors: 'authors’ matching',
  'best-cluster': 'best cluster (oracle)',
  single: 'objects against background',
};

/** The paper's figures for DINO ViT-S/8, where it has such: what they are of, and a figure for each of FIGURES. */
const PAPER: Record<string, { of: string; metrics: Record<string, string[]>; ratios: string[][] }> = {
  'davis-2017': {
    of: 'paper, DINO ViT-S/8, DAVIS-2017 val',
    metrics: {
      F: ['–', '16.1', '19.4', '–'],
      Fv: ['–', '33.4', '32.1', '–'],
      A: ['–', '29.3', '30.5', '–'],
      Av: ['–', '43.9', '40.1', '–'],
      kmeans: ['–', '41.3', '39.3', '–'],
    },
    ratios: [
      ['–', '42.8', '40.0', '–'],
      ['–', '43.4', '40.2', '–'],
      ['–', '43.8', '40.1', '–'],
      ['–', '43.9', '40.1', '–'],
    ],
  },
  scenes: {
    of: 'paper, DINO ViT-S/8, YouTube-VIS-2019',
    metrics: {
      F: ['22.1', '23.8'],
      Fv: ['33.9', '31.4'],
      A: ['30.1', '34.8'],
      Av: ['44.3', '50.1'],
      kmeans: ['42.5', '48.5'],
    },
    ratios: [
      ['43.5', '49.7'],
      ['44.1', '50.0'],
      ['44.3', '50.2'],
      ['44.3', '50.1'],
    ],
  },
  'davis-2016': {
    of: 'paper, DINO ViT-S/8, DAVIS-2016 val',
    metrics: { F: ['–', '47.4'], A: ['–', '60.3'], Av: ['–', '75.4'] },
    ratios: [],
  },
};
const PAPER_SPEED = ['2.3 ×', '2.0 ×', '1.4 ×', '1.0 ×'];

const LABELS = { F: 'F', Fv: 'F_v', A: 'A', Av: 'A_v', kmeans: 'A_v, K-means (K = 8)' } as const;
type Label = keyof typeof LABELS;

/** One data set's tables in Markdown. */
export function sectionText(section: Section): string {
  const { dataset, sequences } = section;
  return [
    `## ${dataset.name}`,
    `Every ${dataset.stride}th frame of ${sequences.length} sequences.${leftOut(section)}`,
    '### What is clustered (the shape of Table 4)',
    metricsTable(section),
    '### Share of key frames (the shape of Table 9)',
    ratiosTable(section),
    '### τ of A_v',
    tausTable(section),
  ].join('\n\n');
}

/** Which sequences lack rows, in a sentence. */
function leftOut({ sequences, cells }: Section): string {
  const all = cells.flatMap(({ points }) => points);
  const rowsOf = (name: string) =>
    all.filter(({ outcomes }) => outcomes.some(({ sequence }) => sequence === name)).length;
  const bare = sequences.filter((name) => rowsOf(name) === 0);
  const partly = sequences.filter((name) => rowsOf(name) > 0 && rowsOf(name) < all.length);
  return [
    ...(bare.length > 0 ? [` **Not measured:** ${bare.join(', ')}.`] : []),
    ...(partly.length > 0 ? [` **Measured for some rows only:** ${partly.join(', ')}.`] : []),
  ].join('');
}

function metricsTable(section: Section): string {
  const rows = section.cells.flatMap((cell) => {
    const sweep = (metric: Point['metric']) =>
      cell.points.filter(
        ({ point }) => point.metric === metric && point.tau !== null && point.ratio === RATIOS[0],
      );
    const best = (label: Label & Point['metric']) => {
      const found = oracle(section, sweep(label));
      return found ? [row(section, cell, `${LABELS[label]}, best τ (oracle)`, found)] : [];
    };
    const byDefault = sweep('Av').find(({ point }) => point.tau === cell.defaultTau);
    const kmeans = cell.points.find(({ point }) => point.tau === null);
    return [
      ...best('F'),
      ...(cell.hasCorrelator
        ? best('Fv')
        : [[cell.model, `${LABELS.Fv}: needs a trained correlator, which this model has not`]]),
      ...best('A'),
      ...(byDefault ? [row(section, cell, `${LABELS.Av}, default τ`, byDefault)] : []),
      ...best('Av'),
      ...(kmeans ? [row(section, cell, LABELS.kmeans, kmeans)] : []),
    ];
  });
  const paper = PAPER[section.dataset.id]!;
  const theirs = Object.entries(paper.metrics).map(([label, figures]) => [
    `*${paper.of}*`,
    LABELS[label as Label],
    '',
    ...figures,
  ]);
  return markdown(
    ['model', 'clustered', 'τ', ...headings(section), 'clusters', 'sequences'],
    [...rows, ...theirs],
  );
}

function ratiosTable(section: Section): string {
  const rows = section.cells.flatMap((cell) => {
    const found = RATIOS.flatMap((ratio) =>
      cell.points.filter(
        ({ point }) => point.metric === 'Av' && point.ratio === ratio && point.tau === cell.defaultTau,
      ),
    );
    // Only sequences that every ratio has been measured on, or their times could not be compared.
    const common = found.map((measured) => ({
      ...measured,
      outcomes: measured.outcomes.filter((one) =>
        found.every(({ outcomes }) => outcomes.some(({ sequence }) => sequence === one.sequence)),
      ),
    }));
    const seconds = common.map(({ outcomes }) => perFrame(outcomes, 'cluster'));
    const tokens = perFrame(
      cell.points.flatMap(({ point, outcomes }) => (point.metric === 'Av' ? outcomes : [])),
      'tokens',
    );
    return common.map((measured, i) => [
      cell.model,
      String(measured.point.ratio),
      ...figures(section, measured.outcomes),
      `${seconds[i]!.toFixed(2)} s`,
      `${((tokens + seconds.at(-1)!) / (tokens + seconds[i]!)).toFixed(1)} ×`,
      String(measured.outcomes.length),
    ]);
  });
  const paper = PAPER[section.dataset.id]!;
  const theirs = paper.ratios.map((figures, i) => [
    `*${paper.of}*`,
    String(RATIOS[i]),
    ...figures,
    '',
    PAPER_SPEED[i]!,
  ]);
  return markdown(
    ['model', 'ratio', ...headings(section), 'clustering a frame', 'speed, ViT included', 'sequences'],
    [...rows, ...theirs],
  );
}

function tausTable(section: Section): string {
  const rows = section.cells.flatMap((cell) =>
    cell.points
      .filter(({ point }) => point.metric === 'Av' && point.tau !== null && point.ratio === RATIOS[0])
      .map((measured) => row(section, cell, null, measured)),
  );
  return markdown(['model', 'τ', ...headings(section), 'clusters', 'sequences'], rows);
}

type Measured = Cell['points'][number];

/** The point whose mean of the data set's first figure is highest, of those measured on most sequences. */
function oracle(section: Section, points: readonly Measured[]): Measured | null {
  const most = Math.max(...points.map(({ outcomes }) => outcomes.length));
  const whole = points.filter(({ outcomes }) => outcomes.length === most && most > 0);
  const figure = ({ outcomes }: Measured) => {
    const [report] = reportsOf([section.dataset.protocols[0]!], outcomes);
    return report!.measures[primaryMeasure(report!.protocol)] ?? 0;
  };
  return whole.reduce<Measured | null>(
    (best, next) => (best && figure(best) >= figure(next) ? best : next),
    null,
  );
}

function row(section: Section, cell: Cell, label: string | null, { point, outcomes }: Measured): string[] {
  const clusters = outcomes.reduce((sum, { run }) => sum + run!.clusters, 0) / outcomes.length;
  return [
    cell.model,
    ...(label === null ? [] : [label]),
    point.tau === null ? '' : String(point.tau),
    ...figures(section, outcomes),
    outcomes.length > 0 ? clusters.toFixed(1) : '–',
    String(outcomes.length),
  ];
}

function figures({ dataset }: Section, outcomes: readonly Outcome[]): string[] {
  const reports = reportsOf(dataset.protocols, outcomes);
  return FIGURES[dataset.id]!.map(([protocol, measure]) =>
    outcomes.length === 0
      ? '–'
      : percent(reports.find((report) => report.protocol === protocol)?.measures[measure]),
  );
}

function headings({ dataset }: Section): string[] {
  return FIGURES[dataset.id]!.map(([protocol, measure]) =>
    [measure, FIGURE_NAMES[protocol]].filter(Boolean).join(', '),
  );
}

/** Seconds of a stage for each frame; runs that took their tokens from the run before them do not count for those. */
function perFrame(outcomes: readonly Outcome[], stage: 'tokens' | 'cluster'): number {
  let [seconds, frames] = [0, 0];
  for (const { run } of outcomes) {
    const spent = run?.times.find((time) => time.stage === stage)?.seconds ?? 0;
    if (!run || (stage === 'tokens' && spent < 0.1)) continue;
    seconds += spent;
    frames += run.frames;
  }
  return frames === 0 ? 0 : seconds / frames;
}

function markdown(head: string[], rows: string[][]): string {
  const line = (cells: readonly string[]) => `| ${head.map((_, i) => cells[i] ?? '').join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i < 2 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
