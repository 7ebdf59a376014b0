/** What a sweep runs: every combination of the settings that were given as lists. */

/** One combination. */
export interface Variant {
  /** The swept settings as `tau=0.6 ratio=0.1`; `run` where nothing is swept. */
  name: string;
  /** Name of its folder. */
  folder: string;
  /** Every setting that was given, as text. */
  values: Record<string, string>;
}

/**
 * Spreads comma-separated values. The earlier a setting stands in `order` the less often it changes, so that what is
 * dear to change (the model, what the backbone gives) goes first and tokens are computed once.
 */
export function spreadVariants(values: Record<string, string>, order: readonly string[]): Variant[] {
  const lists = order.map((name) => ({
    name,
    choices: values[name]?.split(',').map((text) => text.trim()) ?? [],
  }));
  const swept = lists.filter(({ choices }) => choices.length > 1);
  const combinations = swept.reduce<[string, string][][]>(
    (before, { name, choices }) =>
      before.flatMap((some) => choices.map((choice) => [...some, [name, choice] as [string, string]])),
    [[]],
  );
  return combinations.map((chosen) => {
    const name = chosen.map((pair) => pair.join('=')).join(' ') || 'run';
    return { name, folder: folderName(name), values: { ...values, ...Object.fromEntries(chosen) } };
  });
}

/** A name that is safe as a folder: letters, digits, `.`, `=`, `_` and `-`. */
export function folderName(name: string): string {
  return name.replace(/[^\w.=-]+/g, '_');
}

/** One of `of` parts of a list, counted from 1: every so many, so that parts take about equally long. */
export function shardOf<T>(list: readonly T[], { index, of }: { index: number; of: number }): T[] {
  return list.filter((_, i) => i % of === index - 1);
}
