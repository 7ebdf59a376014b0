/** Small charts as inline SVG, coloured by the report's own style sheet. */

/** Text for HTML and SVG. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** Horizontal bars from 0 to 1, the longest names cut; each with its figure. */
export function bars(rows: readonly { name: string; value: number }[], title: string): string {
  const [left, width, step] = [150, 560, 22];
  const height = rows.length * step + 24;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((at) => {
    const x = left + at * (width - left - 50);
    return `<line class="grid" x1="${x}" x2="${x}" y1="4" y2="${height - 20}"/><text class="tick" x="${x}" y="${height - 6}" text-anchor="middle">${100 * at}</text>`;
  });
  const lines = rows.map(({ name, value }, i) => {
    const y = i * step + 6;
    const length = Math.max(0, Math.min(1, value)) * (width - left - 50);
    const label = name.length > 22 ? `…${name.slice(-21)}` : name;
    return `<text class="name" x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(label)}</text><rect class="bar" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${step - 7}" rx="3"/><text class="value" x="${(left + length + 6).toFixed(1)}" y="${y + 12}">${(100 * value).toFixed(1)}</text>`;
  });
  return svg(width, height, title, [...grid, ...lines]);
}

/** Lines over frames, from 0 to 1; a gap-free polyline each, distinguished by colour in the given order. */
export function linesOverTime(
  lines: readonly { name: string; values: readonly number[]; colour: string }[],
  title: string,
): string {
  const [left, top, width, height] = [26, 6, 340, 110];
  const [right, bottom] = [width - 6, height - 16];
  const y = (value: number) => bottom - Math.max(0, Math.min(1, value)) * (bottom - top);
  const grid = [0, 0.5, 1].map(
    (at) =>
      `<line class="grid" x1="${left}" x2="${right}" y1="${y(at)}" y2="${y(at)}"/><text class="tick" x="${left - 5}" y="${y(at) + 3}" text-anchor="end">${100 * at}</text>`,
  );
  const drawn = lines.map(({ name, values, colour }) => {
    const x = (i: number) => left + (values.length > 1 ? i / (values.length - 1) : 0.5) * (right - left);
    const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    const mark =
      values.length > 1
        ? `<polyline points="${points.join(' ')}" stroke="${colour}"/>`
        : `<circle cx="${x(0)}" cy="${y(values[0] ?? 0)}" r="3" fill="${colour}"/>`;
    return `<g class="line"><title>${escaped(name)}</title>${mark}</g>`;
  });
  const frames = lines[0]?.values.length ?? 0;
  const axis = `<text class="tick" x="${left}" y="${height - 3}">1</text><text class="tick" x="${right}" y="${height - 3}" text-anchor="end">${frames} frames</text>`;
  return svg(width, height, title, [...grid, axis, ...drawn]);
}

/** A measure over variants: equally spaced, named below, the best one with a larger dot. */
export function sweepChart(
  series: readonly { name: string; values: readonly (number | null)[]; colour: string }[],
  labels: readonly string[],
  title: string,
): string {
  const [left, top, width, height] = [34, 10, 560, 220];
  const [right, bottom] = [width - 14, height - 26];
  const x = (i: number) => left + (labels.length > 1 ? i / (labels.length - 1) : 0.5) * (right - left);
  const greatest = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const full = [0.1, 0.2, 0.4].find((limit) => greatest <= limit) ?? 1;
  const y = (value: number) => bottom - (Math.max(0, Math.min(full, value)) / full) * (bottom - top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = share * full;
    return `<line class="grid" x1="${left}" x2="${right}" y1="${y(at)}" y2="${y(at)}"/><text class="tick" x="${left - 6}" y="${y(at) + 3}" text-anchor="end">${+(100 * at).toFixed(1)}</text>`;
  });
  const names = labels.map((label, i) => {
    const anchor = i === 0 ? 'start' : i === labels.length - 1 ? 'end' : 'middle';
    return `<text class="tick" x="${x(i)}" y="${height - 8}" text-anchor="${anchor}">${escaped(label)}</text>`;
  });
  const drawn = series.map(({ name, values, colour }) => {
    const points = values.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
    const best = points.reduce((a, b) => (b.value > a.value ? b : a), points[0] ?? { value: 0, i: 0 });
    const dots = points.map(
      ({ value, i }) =>
        `<circle cx="${x(i).toFixed(1)}" cy="${y(value).toFixed(1)}" r="${i === best.i ? 5 : 3}" fill="${colour}"><title>${escaped(`${name}, ${labels[i]}: ${(100 * value).toFixed(1)}`)}</title></circle>`,
    );
    const path = points.map(({ value, i }) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<g class="line"><polyline points="${path}" stroke="${colour}"/>${dots.join('')}</g>`;
  });
  return svg(width, height, title, [...grid, ...names, ...drawn]);
}

function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">${parts.join('')}</svg>`;
}
