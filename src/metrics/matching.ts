import munkres from 'munkres';

/**
 * One proposal for each truth object, no proposal twice, so that the sum of `scores` [proposals, truths] is the
 * greatest (Kuhn 1955, Munkres 1957). Gives each truth object's proposal, or -1 where there are fewer proposals.
 */
export function matchProposals(scores: ArrayLike<number>, proposals: number, truths: number): Int32Array {
  const matched = new Int32Array(truths).fill(-1);
  if (proposals === 0 || truths === 0) return matched;
  const costs = Array.from({ length: truths }, (_, t) =>
    Array.from({ length: proposals }, (_, p) => -scores[p * truths + t]!),
  );
  for (const [truth, proposal] of munkres(costs)) matched[truth] = proposal;
  return matched;
}
