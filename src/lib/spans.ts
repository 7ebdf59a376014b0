/** Whole numbers from 0 as half-open spans [from, to): ascending, none empty, none touching the next. */
export type Spans = readonly (readonly [from: number, to: number])[];

export const NO_SPANS: Spans = [];

export const isWithin = (spans: Spans, at: number): boolean =>
  spans.some(([from, to]) => from <= at && at < to);

/** The spans with one number more; the same spans where it is within them. */
export function withOne(spans: Spans, at: number): Spans {
  if (isWithin(spans, at)) return spans;
  const before = spans.filter(([, to]) => to < at);
  const after = spans.filter(([from]) => from > at + 1);
  const left = spans.find(([, to]) => to === at);
  const right = spans.find(([from]) => from === at + 1);
  return [...before, [left ? left[0] : at, right ? right[1] : at + 1], ...after];
}

/** The spans with one number less; the same spans where it is not within them. */
export function withoutOne(spans: Spans, at: number): Spans {
  if (!isWithin(spans, at)) return spans;
  return spans.flatMap(([from, to]): Spans => {
    if (at < from || at >= to) return [[from, to]];
    const parts: Spans = [
      [from, at],
      [at + 1, to],
    ];
    return parts.filter(([first, end]) => end > first);
  });
}

/** How many of the numbers from `start` up to `end` are within. */
export const countWithin = (spans: Spans, start: number, end: number): number =>
  spans.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0);

/** The first number from `start` up to `end` that is not within; null where there is none. */
export function firstOutside(spans: Spans, start: number, end: number): number | null {
  const at = spans.find(([from, to]) => from <= start && start < to)?.[1] ?? start;
  return at < end ? at : null;
}

/** Whether what was read is what it should be, and ends at `end` at the latest. */
export const areSpans = (spans: Spans, end: number): boolean =>
  spans.every(([from, to], place) => {
    const before = spans[place - 1]?.[1] ?? -1;
    return from > before && to > from && to <= end;
  });
