/** Rows as text in aligned columns: the first to the left, the others to the right. A row of null is a rule. */
export function table(head: readonly string[], rows: readonly (readonly string[] | null)[]): string {
  const all = [head, ...rows.filter((row) => row !== null)];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [line(head), rule, ...rows.map((row) => (row ? line(row) : rule))].join('\n');
}
