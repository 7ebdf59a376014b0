/** Beginnings of cells that spreadsheets may take for a formula and run, full-width ones too. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * One line of CSV (RFC 4180), without its end. A text that a spreadsheet might run gets an apostrophe in front, which makes it a text there;
 * numbers stay as they are.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  const written = cells.map((cell) => {
    if (typeof cell === 'number') return `${cell}`;
    const text = FORMULA.test(cell) ? `'${cell}` : cell;
    return /[",\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return written.join(',');
}
