/** The report of an evaluation: one HTML file that needs nothing beside it. */
import type { Measure, ProtocolName } from '../metrics/protocols.ts';
import { PROTOCOLS } from '../metrics/protocols.ts';
import { bars, escaped, linesOverTime, sweepChart } from './charts.ts';
import { OBJECT_COLOURS } from './overlay.ts';
import { measuresOf, type ProtocolReport, percent } from './report.ts';
import { type Outcome, type Plan, primaryMeasure, type VariantReport } from './results.ts';
import { STYLE } from './style.ts';

/** A frame worth looking at. Pictures are data URLs. */
export interface GalleryFrame {
  sequence: string;
  key: string;
  /** Mean J of its objects. */
  J: number;
  /** Null where the image could not be put in. */
  image: string | null;
  truth: string;
  proposal: string;
  width: number;
  height: number;
}

/** What a gallery shows: the worst frames and the best ones, of different sequences. */
export interface Gallery {
  protocol: ProtocolName;
  variant: string;
  worst: GalleryFrame[];
  best: GalleryFrame[];
}

export interface ReportContent {
  plan: Plan;
  variants: VariantReport[];
  outcomes: Outcome[];
  gallery: Gallery | null;
}

/** The variant with the best figure under a protocol, the first one by default; -1 where nothing was scored. */
export function bestVariant(variants: readonly VariantReport[], place = 0): number {
  const value = (variant: VariantReport) => {
    const report = variant.reports[place];
    return report ? (report.measures[primaryMeasure(report.protocol)] ?? -1) : -1;
  };
  const values = variants.map(value);
  const best = Math.max(...values);
  return best < 0 ? -1 : values.indexOf(best);
}

/** Writes the report. */
export function reportHtml(content: ReportContent): string {
  const { plan, variants, outcomes, gallery } = content;
  const best = bestVariant(variants);
  const name = plan.dataset.split(/[\\/]/).filter(Boolean).at(-1) ?? plan.dataset;
  const failed = outcomes.filter(({ error }) => error);
  const sections = [
    header(name, content),
    plan.protocols.map((protocol) => overview(protocol, variants)).join(''),
    failed.length > 0 ? failures(failed) : '',
    gallery ? galleryHtml(gallery) : '',
    ...variants.map((variant, i) => details(variant, outcomes, i === best)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)} – evaluation</title>
<style>${STYLE}${gallery ? pictureStyles(gallery) : ''}</style>
</head>
<body>
<main>
${sections.filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}

function header(name: string, { plan, variants, outcomes }: ReportContent): string {
  const done = new Set(outcomes.filter(({ run }) => run).map(({ sequence }) => sequence));
  const [first] = outcomes.flatMap(({ run }) => (run ? [run] : []));
  const frames = variants.reduce((sum, variant) => sum + variant.frames, 0);
  const seconds = variants.reduce((sum, variant) => sum + variant.seconds, 0);
  const facts = [
    ['sequences', `${done.size} of ${plan.sequences.length}`],
    ['runs', String(outcomes.length)],
    ['frames processed', String(frames)],
    ['engine time', duration(seconds)],
    ...(first
      ? [
          ['model', first.settings.model],
          ['input', `${first.settings.height} × ${first.settings.width}`],
          ['device', first.device],
        ]
      : []),
    ...Object.entries(plan.values)
      .filter(([key]) => !['model', 'size', 'device'].includes(key))
      .map(([key, value]) => [key, value.replaceAll(',', ', ')]),
  ];
  const list = facts.map(([term, fact]) => `<div><dt>${escaped(term!)}</dt><dd>${escaped(fact!)}</dd></div>`);
  return `<header><p class="kicker">Unprompted · evaluation</p><h1>${escaped(name)}</h1><dl class="facts">${list.join('')}</dl></header>`;
}

/** One protocol over all variants: a table, and a chart where something was swept. */
function overview(protocol: ProtocolName, variants: readonly VariantReport[]): string {
  const place = variants[0]?.reports.findIndex((report) => report.protocol === protocol) ?? 0;
  const best = bestVariant(variants, place);
  const reports = variants.flatMap((variant, i) => {
    const report = variant.reports.find((each) => each.protocol === protocol);
    return report ? [{ variant, report, i }] : [];
  });
  const measures = [...new Set(reports.flatMap(({ report }) => measuresOf(report)))];
  if (measures.length === 0) return '';
  const rows = reports.map(({ variant, report, i }) => {
    return `<tr${i === best && variants.length > 1 ? ' class="best"' : ''}><th scope="row">${escaped(variant.variant)}</th>${figures(measures, report.measures)}<td>${duration(variant.seconds)}</td></tr>`;
  });
  const primary = primaryMeasure(protocol);
  const values = reports.map(({ report }) => report.measures[primary] ?? null);
  const title = `${primary} of each variant`;
  const chart =
    variants.length > 1
      ? titled(
          title,
          sweepChart(
            [{ name: primary, values, colour: 'var(--accent)' }],
            reports.map(({ variant }) => variant.variant),
            title,
          ),
        )
      : '';
  return `<section><h2>${escaped(protocol)}</h2><p>${escaped(PROTOCOLS[protocol].summary)} Means over ${PROTOCOLS[protocol].over}, in percent.${variants.length > 1 ? ' Variants that differ in τ, ratio or clustering share their tokens: the first one’s time includes them.' : ''}</p>
<div class="scroll"><table><thead><tr><th scope="col">variant</th>${heads(measures)}<th scope="col">engine time</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${chart}</section>`;
}

/** A chart below its title; on a screen that is too narrow for it, it scrolls. */
const titled = (title: string, chart: string) =>
  `<h4>${escaped(title)}, in percent</h4><div class="scroll">${chart}</div>`;

function heads(measures: readonly Measure[]): string {
  return measures.map((measure) => `<th scope="col">${escaped(measure)}</th>`).join('');
}

function figures(measures: readonly Measure[], values: ProtocolReport['measures']): string {
  return measures.map((measure) => `<td>${percent(values[measure])}</td>`).join('');
}

function failures(failed: readonly Outcome[]): string {
  const rows = failed.map(
    ({ sequence, variant, error }) =>
      `<tr><th scope="row">${escaped(sequence)}</th><td class="text">${escaped(variant)}</td><td class="text">${escaped(error!.message)} <code>${escaped(error!.code)}</code></td></tr>`,
  );
  return `<section class="failed"><h2>What failed</h2><div class="scroll"><table><thead><tr><th scope="col">sequence</th><th scope="col">variant</th><th scope="col">why</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function pictureStyles({ worst, best }: Gallery): string {
  return [...worst, ...best]
    .map(({ image }, i) => (image ? `.image-${i}{background-image:url(${image})}` : ''))
    .join('');
}

function galleryHtml({ protocol, variant, worst, best }: Gallery): string {
  const figure = (frame: GalleryFrame, i: number) => {
    const picture = (title: string, mask: string) =>
      `<div class="picture image-${i}" style="aspect-ratio:${frame.width}/${frame.height}"><img src="${mask}" alt="${title} of ${escaped(frame.sequence)}, frame ${escaped(frame.key)}"><span>${title}</span></div>`;
    return `<figure><div class="pair">${picture('truth', frame.truth)}${picture('prediction', frame.proposal)}</div><figcaption>${escaped(frame.sequence)}, frame ${escaped(frame.key)} <b>J ${percent(frame.J)}</b></figcaption></figure>`;
  };
  const group = (title: string, frames: readonly GalleryFrame[], first: number) =>
    `<h3>${title}</h3><div class="gallery">${frames.map((frame, i) => figure(frame, first + i)).join('')}</div>`;
  return `<section><h2>To look at</h2><p>${escaped(protocol)}, ${escaped(variant)}. A proposal has the colour of the object that it was matched to; what was matched to none is not drawn.</p>${group('Worst', worst, 0)}${group('Best', best, worst.length)}</section>`;
}

/** All that is known of one variant; folded away unless it is the best. */
function details({ variant, reports }: VariantReport, outcomes: readonly Outcome[], open: boolean): string {
  const runs = new Map(
    outcomes.filter((outcome) => outcome.variant === variant).map(({ sequence, run }) => [sequence, run]),
  );
  const parts = reports.map((report) => {
    const primary = primaryMeasure(report.protocol);
    const title = `${primary} of each sequence`;
    const measures = measuresOf(report);
    const rows = report.sequences.map(({ name, measures: values, objects }) => {
      const run = runs.get(name);
      return `<tr><th scope="row">${escaped(name)}</th>${figures(measures, values)}<td>${objects.length}</td><td>${run?.clusters ?? '–'}</td><td>${run?.objects ?? '–'}</td><td>${run ? duration(run.seconds) : '–'}</td></tr>`;
    });
    const ranked = report.sequences
      .map(({ name, measures: values }) => ({ name, value: values[primary] ?? 0 }))
      .sort((a, b) => b.value - a.value);
    const plots = report.sequences.map(({ name, objects }) => {
      const lines = objects.map(({ truth, J }, i) => ({
        name: `object ${truth}`,
        values: J,
        colour: OBJECT_COLOURS[i % OBJECT_COLOURS.length]!,
      }));
      return `<figure>${linesOverTime(lines, `J over time, ${name}`)}<figcaption>${escaped(name)}</figcaption></figure>`;
    });
    return `<h3>${escaped(report.protocol)}</h3>
${titled(title, bars(ranked, title))}
<div class="scroll"><table><thead><tr><th scope="col">sequence</th>${heads(measures)}<th scope="col">truth objects</th><th scope="col">clusters</th><th scope="col">objects found</th><th scope="col">time</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<h4>J over time, one line per object</h4><div class="plots">${plots.join('')}</div>`;
  });
  return `<details${open ? ' open' : ''}><summary>${escaped(variant)}: every sequence</summary>${parts.join('')}</details>`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
