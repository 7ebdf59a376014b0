import { CANDIDATES, type FrameRecord } from './records.ts';

/** Temperature of the soft assignment, as a share of τ. */
const SOFTNESS = 0.3;

/**
 * Eq. 3, soft: weight of a leaf for a token is exp(−(D − least D) / (0.3·τ)), D being their symmetric KL (Eq. 2). The
 * nearest leaf is the first, the lower number on a tie.
 *
 * @param distances D of every token to every leaf, [tokens, leaves]
 * @param motion m of every cell, 0…1
 * @param tau of the model's defaults: weights do not change with the run's τ
 */
export function assign(
  distances: Float32Array,
  leaves: number,
  motion: Float32Array,
  tau: number,
): FrameRecord {
  const tokens = distances.length / leaves;
  const record: FrameRecord = {
    leaves: new Uint16Array(tokens * CANDIDATES),
    weights: new Uint8Array(tokens * CANDIDATES),
    motion: Uint8Array.from(motion, (m) => Math.round(255 * Math.min(1, Math.max(0, m)))),
  };
  const nearest = new Int32Array(CANDIDATES);
  for (let token = 0; token < tokens; token++) {
    const row = token * leaves;
    nearest.fill(-1);
    for (let leaf = 0; leaf < leaves; leaf++) insert(nearest, leaf, distances, row);
    const least = distances[row + nearest[0]!]!;
    for (let i = 0; i < CANDIDATES; i++) {
      const leaf = nearest[i]!;
      if (leaf < 0) break;
      record.leaves[token * CANDIDATES + i] = leaf;
      record.weights[token * CANDIDATES + i] = Math.round(
        255 * Math.exp((least - distances[row + leaf]!) / (SOFTNESS * tau)),
      );
    }
  }
  return record;
}

/** Tokens that are further than `most` from every leaf, ascending. @param distances as in `assign` */
export function outliersAmong(distances: Float32Array, leaves: number, most: number): Int32Array {
  const far: number[] = [];
  for (let token = 0, row = 0; row < distances.length; token++, row += leaves) {
    let leaf = 0;
    while (leaf < leaves && distances[row + leaf]! > most) leaf++;
    if (leaf === leaves) far.push(token);
  }
  return Int32Array.from(far);
}

/** Puts a leaf among the nearest so far, ascending in distance. */
function insert(nearest: Int32Array, leaf: number, distances: Float32Array, row: number): void {
  const distance = distances[row + leaf]!;
  let place = CANDIDATES;
  while (place > 0 && (nearest[place - 1]! < 0 || distance < distances[row + nearest[place - 1]!]!)) place--;
  if (place === CANDIDATES) return;
  nearest.copyWithin(place + 1, place, CANDIDATES - 1);
  nearest[place] = leaf;
}
