/**
 * Region similarity J of the DAVIS benchmark: the Jaccard index, pixels shared over pixels covered.
 * Two empty regions agree (1), as in the benchmark's own evaluation.
 */
export function jaccard(shared: number, covered: number): number {
  return covered === 0 ? 1 : shared / covered;
}
