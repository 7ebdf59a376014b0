/**
 * Adjusted Rand index (Hubert & Arabie, 1985) of two labelings, from their contingency table [rows, columns]:
 * agreement over pairs of pixels, 0 for what chance gives and 1 for the same partition. Where chance and the
 * best possible agree (both labelings trivial), the partitions are equal and the index is 1.
 */
export function adjustedRandIndex(table: ArrayLike<number>, rows: number, columns: number): number {
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  let [together, total] = [0, 0];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const count = table[r * columns + c]!;
      rowSums[r]! += count;
      columnSums[c]! += count;
      together += pairs(count);
      total += count;
    }
  }
  const inRows = rowSums.reduce((sum, count) => sum + pairs(count), 0);
  const inColumns = columnSums.reduce((sum, count) => sum + pairs(count), 0);
  const expected = total < 2 ? 0 : (inRows * inColumns) / pairs(total);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
