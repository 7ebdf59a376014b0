import type { Grid } from '../backend/types.ts';

/** Steps to tokens that share an edge, and to those that share a corner. */
const EDGES = [
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, 0],
] as const;
const CORNERS = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

/**
 * Connected components of tokens in a frame: by edges, or by corners too. In the order of their first tokens.
 *
 * @param tokens their numbers in the frame
 */
export function componentsOf(
  tokens: Iterable<number>,
  { rows, columns }: Pick<Grid, 'rows' | 'columns'>,
  by: 'edges' | 'corners',
): number[][] {
  const steps = by === 'edges' ? EDGES : [...EDGES, ...CORNERS];
  const left = new Set(tokens);
  const components: number[][] = [];
  for (const first of [...left]) {
    if (!left.delete(first)) continue;
    const component = [first];
    for (const token of component) {
      const [row, column] = [Math.floor(token / columns), token % columns];
      for (const [dy, dx] of steps) {
        const [y, x] = [row + dy, column + dx];
        if (y < 0 || x < 0 || y >= rows || x >= columns) continue;
        if (left.delete(y * columns + x)) component.push(y * columns + x);
      }
    }
    components.push(component);
  }
  return components;
}
